import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, { type AxiosAdapter, type AxiosInstance } from 'axios';

import { acme } from '../support/acme.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

const REQUESTS = 50;
const ROUNDS = 60;

/** Wide, for a machine that is busy: `bench/` measures 1.1. */
const LIMIT = 2;

describe('a request with a fresh token', () => {
  let vendor: FakeVendor;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    app = await App.start({ providers: [acme(vendor)] });
    await app.tokens('acme').getToken();
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const sendsNothing: AxiosAdapter = (config) =>
    Promise.resolve({ data: '', status: 200, statusText: 'OK', headers: {}, config });

  async function time(instance: AxiosInstance): Promise<number> {
    const begun = performance.now();
    for (let i = 0; i < REQUESTS; i++) await instance.get('/orders', { adapter: sendsNothing });
    return performance.now() - begun;
  }

  it(`a request with a fresh token takes less than ${LIMIT} times as long as axios with a static header`, async () => {
    const headers = { Authorization: 'Bearer static' };
    const plain = axios.create({ baseURL: vendor.url, headers });
    const ours = app.http('acme').axiosRef;
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const base = await time(plain);
      ratios.push((await time(ours)) / base);
    }
    const median = ratios.toSorted((a, b) => a - b)[ROUNDS / 2]!;
    expect(median).toBeLessThan(LIMIT);
  });
});
