import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

describe('the timeout of a caller', () => {
  let vendor: FakeVendor;
  let clock: ManualClock;
  let app: App;
  let gate: Gate;

  const call = (config: AxiosRequestConfig = {}) =>
    firstValueFrom(app.http('acme').request({ url: '/orders', ...config }));

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new ManualClock();
    gate = new Gate();
    app = await App.start({ runtime: { clock, random: () => 0 }, providers: [acme(vendor)] });
    vendor.onToken = async () => {
      await gate.pass();
      return vendor.grant();
    };
  });

  afterEach(async () => {
    gate.open();
    await Promise.all([app.close(), vendor.close()]);
  });

  it('a timeout ends the wait for the token like one of axios, and other callers get the token', async () => {
    const [mine, other] = [call({ timeout: 2_000 }), call()];
    await gate.arrived();
    clock.advance(2_000);
    const error = await rejection(mine);
    expect(error).toMatchObject({
      name: 'AxiosError',
      code: 'ECONNABORTED',
      message: 'timeout of 2000ms exceeded',
      config: { url: '/orders', timeout: 2_000 },
    });
    gate.open();
    expect((await other).status).toBe(200);
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('a timeout has the message and the code that the config asks for', async () => {
    const mine = call({
      timeout: 2_000,
      timeoutErrorMessage: 'too slow',
      transitional: { clarifyTimeoutError: true },
    });
    await gate.arrived();
    clock.advance(2_000);
    expect(await rejection(mine)).toMatchObject({ message: 'too slow', code: 'ETIMEDOUT' });
  });

  it('a timeout covers the wait for the token and the call together', async () => {
    vendor.onApi = () => () => {};
    const mine = call({ timeout: 8_000 });
    await gate.arrived();
    clock.advance(7_950); // 50 real ms are left for the call
    gate.open();
    const error = await rejection(mine);
    expect(error).toMatchObject({ code: 'ECONNABORTED', config: { timeout: 8_000 } });
    expect((error as Error).message).toBe('timeout of 8000ms exceeded');
  });

  it('a timeout covers the first response, the renewal and the retry together', async () => {
    gate.open();
    await call();
    vendor.onApi = (_request, count) => {
      if (count > 2) return () => {};
      clock.advance(59_950);
      return { status: 401 };
    };
    const error = await rejection(call({ timeout: 60_000 }));
    expect(error).toMatchObject({ code: 'ECONNABORTED', config: { timeout: 60_000 } });
    expect(vendor.apiRequests).toHaveLength(3);
    expect((error as Error).message).toBe('timeout of 60000ms exceeded');
  });

  it('there is no retry if the first response used up the timeout', async () => {
    gate.open();
    await call();
    vendor.onApi = () => {
      clock.advance(2_000);
      return { status: 401 };
    };
    expect(await rejection(call({ timeout: 2_000 }))).toMatchObject({ code: 'ECONNABORTED' });
    expect(vendor.apiRequests).toHaveLength(2);
  });

  it('a timeout leaves no timer behind', async () => {
    gate.open();
    await call({ timeout: 2_000 });
    vendor.revokeAll();
    await call({ timeout: 2_000 });
    expect(clock.pending).toBe(0);
  });

  it('a timeout may be longer than the longest timer of Node.js', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on('warning', warn);
    const slowly = new Gate();
    vendor.onApi = async (request) => {
      await slowly.pass();
      return vendor.protect(request);
    };
    const timeouts = [2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, Infinity];
    const calls = timeouts.map((timeout) => call({ timeout }));
    await gate.arrived();
    clock.advance(1_000);
    gate.open();
    await slowly.arrived(calls.length);
    await new Promise((resolve) => setTimeout(resolve, 30)); // a cut timer would fire after 1 ms
    slowly.open();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(timeouts.map(() => 200));
    process.off('warning', warn);
    expect(warnings.map(({ name }) => name)).not.toContain('TimeoutOverflowWarning');
  });

  it('axios refuses a timeout that is not a number', async () => {
    gate.open();
    const timeout = 'soon' as unknown as number;
    expect(await rejection(call({ timeout }))).toMatchObject({ code: 'ERR_BAD_OPTION_VALUE' });
  });
});
