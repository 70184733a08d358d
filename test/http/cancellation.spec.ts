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

  describe.each(Object.entries(ways))('a caller cancels %s', (_how, way) => {
    it('a call that is cancelled before it begins sends nothing', async () => {
      const [config, giveUp] = way();
      giveUp();
      const error = await rejection(call(config));
      expect(axios.isCancel(error)).toBe(true);
      expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([0, 0]);
    });

    it('a call that is cancelled while it waits for the token ends at once, and no other call does', async () => {
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

    it('a token whose only caller cancels serves later calls', async () => {
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

    it('a call that is cancelled while a rejected token is renewed ends at once, and no other call does', async () => {
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

    it('a call that is cancelled during the retry ends at once, and the new token stays', async () => {
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

  it('a call that is cancelled by its CancelToken gets the given reason', async () => {
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

  it('a caller that unsubscribes sends nothing more, and other calls use its token', async () => {
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

  it('a call leaves no listener on a signal or CancelToken that is used again', async () => {
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
