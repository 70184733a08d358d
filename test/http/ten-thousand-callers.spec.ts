import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AxiosError, type AxiosAdapter, type AxiosResponse } from 'axios';

import { acme } from '../support/acme.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { HastyClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { idle } from '../support/provider-bench.js';

const CALLERS = 10_000;
/** Milliseconds for a test: a second or two, and more on a machine that is busy. */
const LIMIT = 300_000;

describe('ten thousand callers at once', () => {
  let vendor: FakeVendor;
  let clock: HastyClock;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new HastyClock(); // a connection that the vendor has closed costs a second attempt
    app = await App.start({ runtime: { clock, random: () => 0 }, providers: [acme(vendor)] });
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  /** An API without a network, which answers 401 to a token that is not alive, once `late` is over. */
  const api =
    (late: () => Promise<unknown> = () => Promise.resolve()): AxiosAdapter =>
    async (config) => {
      const token = String(config.headers.get('Authorization')).replace('Bearer ', '');
      const isAlive = vendor.live.has(token);
      if (!isAlive) await late();
      const response = { status: isAlive ? 200 : 401, statusText: '', headers: {}, data: token };
      if (isAlive) return { ...response, config };
      throw new AxiosError('401', '', config, undefined, { ...response, config });
    };

  const call = (adapter: AxiosAdapter): Promise<AxiosResponse<string>> =>
    app.http('acme').axiosRef.get('/orders', { adapter });

  /** The tokens that they were served with. */
  async function herd(adapter = api()): Promise<string[]> {
    const answers = await Promise.all(Array.from({ length: CALLERS }, () => call(adapter)));
    return answers.map(({ data }) => data);
  }

  const allWith = (number: number) =>
    Array.from({ length: CALLERS }, () => `access-token-number-${number}`);

  it(
    'ten thousand first callers make one token request',
    async () => {
      expect(await herd()).toEqual(allWith(1));
      expect(vendor.tokenRequests).toHaveLength(1);
    },
    LIMIT,
  );

  it(
    'ten thousand callers with an expired token make one token request',
    async () => {
      await call(api());
      clock.advance(3_600_000);
      vendor.revokeAll();
      expect(await herd()).toEqual(allWith(2));
      expect(vendor.tokenRequests).toHaveLength(2);
    },
    LIMIT,
  );

  it(
    'ten thousand callers with a revoked token make one token request',
    async () => {
      await call(api());
      vendor.revokeAll();
      expect(await herd()).toEqual(allWith(2));
      expect(vendor.tokenRequests).toHaveLength(2);
    },
    LIMIT,
  );

  it(
    'ten thousand callers whose 401s arrive one by one, long after the renewal, make one token request',
    async () => {
      await call(api());
      vendor.revokeAll();
      let rejected = 0;
      const staggered = api(async () => {
        const turn = Math.floor(rejected++ / 100);
        for (let i = 0; i < turn; i++) await idle();
      });
      expect(await herd(staggered)).toEqual(allWith(2));
      expect(vendor.tokenRequests).toHaveLength(2);
    },
    LIMIT,
  );
});
