import { describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { faulty } from '../support/faulty-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const fail = () => Promise.reject(new Error('the store is down'));

function bench() {
  const clock = new ManualClock();
  const { store, faults } = faulty(clock);
  return { clock, faults, store, one: new ProviderBench({ clock, store }) };
}

describe('an account without a login', () => {
  it('an account without a login gets a token one second after the store is back', async () => {
    const { clock, faults, one } = bench();
    one.source.canLogInAgain = false;
    one.source.configuredRefreshToken = 'configured';
    Object.assign(faults, { get: fail, set: fail, lock: fail });
    for (let second = 0; second < 300; second++) {
      expect(await rejection(one.token())).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      clock.advance(1_000);
    }
    expect(one.provider.status()).toMatchObject({ failures: 0 });
    Object.assign(faults, { get: undefined, set: undefined, lock: undefined });
    clock.advance(1_000);
    expect(await one.token()).toBe('token-1');
  });

  it('an instance asks again one second after another one has held the lock for a whole deadline', async () => {
    const { clock, faults, one } = bench();
    faults.lock = async () => 'held';
    for (let round = 0; round < 5; round++) {
      const token = rejection(one.token());
      for (let ms = 0; ms < 10_000; ms += 50) {
        await idle();
        clock.advance(50);
      }
      expect(await token).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT', evaluated: false });
      expect(one.provider.status().retryAfter).toBeLessThanOrEqual(1);
      clock.advance(1_000);
    }
  }, 30_000);
});

describe('a rejected token that must not be renewed yet', () => {
  it('a rejected token is not replaced by a token that was found for an earlier one', async () => {
    const { one } = bench();
    await one.token();
    const second = await one.provider.renew('token-1');
    expect(second.accessToken).toBe('token-2');
    expect((await one.provider.renew(second)).accessToken).toBe('token-2'); // nothing newer is there
    one.provider.invalidate();
    expect(await one.token()).toBe('token-3');
    expect((await one.provider.renew('token-3')).accessToken).toBe('token-3');
  });

  it('a rejected token is not replaced by an older token after an outage of the store', async () => {
    const { clock, faults, store, one } = bench();
    const other = new ProviderBench({ clock, store });
    await one.token();
    await other.token();
    other.source.onAsk = (ask) => ask.grant({ accessToken: 'other-1' });
    await other.provider.renew('token-1');
    clock.advance(60_000);
    Object.assign(faults, { get: fail, set: fail, lock: fail });
    expect((await one.provider.renew('token-1')).accessToken).toBe('token-2');
    Object.assign(faults, { get: undefined, set: undefined, lock: undefined });
    clock.advance(10_000);
    expect((await one.provider.renew('token-2')).accessToken).toBe('token-3');
  });

  it('a rejected token is not replaced by an older token that is found late', async () => {
    const { clock, faults, store, one } = bench();
    const other = new ProviderBench({ clock, store });
    await one.token();
    await one.provider.renew('token-1');
    other.source.onAsk = (ask) => ask.grant({ accessToken: `other-${ask.number}` });
    await other.provider.renew(await other.provider.getToken());
    const found = store.get(one.source.accountKey);
    let respond!: () => void;
    faults.get = () => new Promise((resolve) => (respond = () => resolve(found)));
    const replacement = one.provider.renew('token-2');
    await idle();
    faults.get = undefined;
    clock.advance(10_000);
    await other.provider.renew('other-1');
    one.provider.invalidate();
    const newest = await one.token();
    respond();
    expect(newest).toBe('other-2');
    expect((await replacement).accessToken).toBe(newest);
  });
});
