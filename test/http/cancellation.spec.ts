import { getEventListeners } from 'node:events';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, { type AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;
const subscribers = (token: object) =>
  (token as { _listeners?: unknown[] })._listeners?.length ?? 0;

describe('a caller who gives up', () => {
  let vendor: FakeVendor;
  let clock: ManualClock;
  let app: App;
  /** Where token requests, or API requests, are held up. */
  let gate: Gate;

  const call = (config: AxiosRequestConfig = {}) =>
    firstValueFrom(app.http('acme').request({ url: '/orders', ...config }));

  const holdTokens = () => {
    vendor.onToken = async () => {
      await gate.pass();
      return vendor.grant();
    };
  };
  const holdReplays = () => {
    vendor.onApi = async (request) => {
      if (!request.token?.endsWith('-1')) await gate.pass();
      return vendor.protect(request);
    };
  };

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new ManualClock();
    gate = new Gate();
    app = await App.start({ runtime: { clock, random: () => 0 }, providers: [acme(vendor)] });
  });

  afterEach(async () => {
    gate.open();
    await Promise.all([app.close(), vendor.close()]);
  });

  /** Ways to give up: what goes into the config, and how it is done. */
  const ways = {
    'by its signal': () => {
      const controller = new AbortController();
      return [{ signal: controller.signal }, () => controller.abort()] as const;
    },
    'by its CancelToken': () => {
      const { token, cancel } = axios.CancelToken.source();
      return [{ cancelToken: token }, () => cancel()] as const;
    },
  };

  describe.each(Object.entries(ways))('%s', (_how, way) => {
    it('before it begins asks for nothing', async () => {
      const [config, giveUp] = way();
      giveUp();
      const error = await rejection(call(config));
      expect(axios.isCancel(error)).toBe(true);
      expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([0, 0]);
    });

    it('while it waits for the token ends at once, and nobody else does', async () => {
      holdTokens();
      const [config, giveUp] = way();
      const [mine, other] = [call(config), call()];
      await gate.arrived();
      giveUp();
      const error = await rejection(mine);
      expect(error).toMatchObject({ code: 'ERR_CANCELED', config: { url: '/orders' } });
      expect(axios.isCancel(error)).toBe(true);
      gate.open();
      expect((await other).status).toBe(200);
      expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([1, 1]);
    });

    it('alone leaves its token to those who come later', async () => {
      holdTokens();
      const [config, giveUp] = way();
      const mine = call(config);
      await gate.arrived();
      giveUp();
      await rejection(mine);
      gate.open();
      await call();
      expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([1, 1]);
    });

    it('while a rejected token is renewed ends at once, and nobody else does', async () => {
      await call();
      vendor.revokeAll();
      holdTokens();
      const [config, giveUp] = way();
      const [mine, other] = [call(config), call()];
      await gate.arrived();
      giveUp();
      expect(axios.isCancel(await rejection(mine))).toBe(true);
      gate.open();
      expect((await other).status).toBe(200);
      expect(vendor.tokenRequests).toHaveLength(2);
    });

    it('during the replay ends at once, and the new token stays', async () => {
      await call();
      vendor.revokeAll();
      holdReplays();
      const [config, giveUp] = way();
      const mine = call(config);
      await gate.arrived();
      giveUp();
      expect(axios.isCancel(await rejection(mine))).toBe(true);
      gate.open();
      await call();
      expect(vendor.tokenRequests).toHaveLength(2);
    });
  });

  it('by its CancelToken gets the reason that was given', async () => {
    holdTokens();
    const { token, cancel } = axios.CancelToken.source();
    const mine = call({ cancelToken: token });
    await gate.arrived();
    cancel('the user has left');
    expect(await rejection(mine)).toMatchObject({
      message: 'the user has left',
      code: 'ERR_CANCELED',
    });
  });

  it('by unsubscribing sends nothing any more, and leaves its token to others', async () => {
    holdTokens();
    const seen: unknown[] = [];
    const observer = { next: (v: unknown) => seen.push(v), error: (e: unknown) => seen.push(e) };
    const mine = app.http('acme').get('/mine').subscribe(observer);
    await gate.arrived();
    mine.unsubscribe();
    gate.open();
    await call();
    expect(seen).toEqual([]);
    expect(vendor.apiRequests.map(({ path }) => path)).toEqual(['/orders']);
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('leaves no listener on a signal or CancelToken that is used again', async () => {
    const { signal } = new AbortController();
    const { token: cancelToken } = axios.CancelToken.source();
    const { axiosRef } = app.http('acme');
    const once = () => axiosRef.get('/orders', { signal, cancelToken });
    await once(); // waits for a token
    await once(); // has one
    vendor.revokeAll();
    await once(); // has it rejected
    app.tokens('acme').invalidate();
    vendor.onToken = () => ({ status: 400, body: { error: 'invalid_client' } });
    await rejection(once()); // gets none
    expect([listeners(signal), subscribers(cancelToken)]).toEqual([0, 0]);
  });
});

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

  it('ends its wait for the token as axios would, and the token stays for others', async () => {
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

  it('has the message and the code that the caller asked axios for', async () => {
    const mine = call({
      timeout: 2_000,
      timeoutErrorMessage: 'too slow',
      transitional: { clarifyTimeoutError: true },
    });
    await gate.arrived();
    clock.advance(2_000);
    expect(await rejection(mine)).toMatchObject({ message: 'too slow', code: 'ETIMEDOUT' });
  });

  it('covers the wait and the call together', async () => {
    vendor.onApi = () => () => {};
    const mine = call({ timeout: 8_000 });
    await gate.arrived();
    clock.advance(7_950); // 50 real ms are left for the call
    gate.open();
    const error = await rejection(mine);
    expect(error).toMatchObject({ code: 'ECONNABORTED', config: { timeout: 8_000 } });
    expect((error as Error).message).toBe('timeout of 8000ms exceeded');
  });

  it('covers the first answer, the renewal and the replay together', async () => {
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

  it('leaves no time for a replay when the first answer took it all', async () => {
    gate.open();
    await call();
    vendor.onApi = () => {
      clock.advance(2_000);
      return { status: 401 };
    };
    expect(await rejection(call({ timeout: 2_000 }))).toMatchObject({ code: 'ECONNABORTED' });
    expect(vendor.apiRequests).toHaveLength(2);
  });

  it('leaves no timer behind', async () => {
    gate.open();
    await call({ timeout: 2_000 });
    vendor.revokeAll();
    await call({ timeout: 2_000 });
    expect(clock.pending).toBe(0);
  });
});
