import { describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import type { TokenStore } from '../../lib/core/token-store.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { rejection } from '../support/collect.js';
import { permanent, transient } from '../support/failures.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;

/** Two providers that share a store and a token endpoint, as two instances of an app do. */
function two(store?: TokenStore) {
  const clock = new ManualClock();
  const shared = store ?? new MemoryTokenStore(clock);
  const [one, other] = [
    new ProviderBench({ clock, store: shared }),
    new ProviderBench({ clock, store: shared }),
  ];
  return { clock, one, other, asks: () => [...one.source.history, ...other.source.history] };
}

const never = () => new Promise<never>(() => {});
const broken: TokenStore = {
  get: () => Promise.reject(new Error('redis://:s3cret@host')),
  set: () => Promise.reject(new Error('redis://:s3cret@host')),
  lock: () => Promise.reject(new Error('redis://:s3cret@host')),
};

describe('a store that providers share', () => {
  it('a provider takes the token that another one has obtained', async () => {
    const { one, other, asks } = two();
    expect(await one.token()).toBe('token-1');
    expect(await other.token()).toBe('token-1');
    expect(asks()).toEqual(['login']);
    expect(other.changes).toMatchObject([{ type: 'token.obtained', by: 'store' }]);
  });

  it('a token from the store is used only until its end', async () => {
    const { one, other, clock } = two();
    await one.token();
    clock.advance(HOUR - 60_000);
    expect(await other.token()).toBe('token-1');
    clock.advance(60_000);
    expect(other.provider.peek()).toBeUndefined();
  });

  it('an expired token is not taken from the store', async () => {
    const { one, other, clock } = two();
    await one.token();
    clock.advance(HOUR);
    await other.token();
    expect(other.source.history).toEqual(['login']);
  });

  it('a rejected token is not taken from the store', async () => {
    const { one, other } = two();
    await one.token();
    await other.token();
    other.source.onAsk = (ask) => ask.grant({ accessToken: 'another' });
    expect((await other.provider.renew('token-1')).accessToken).toBe('another');
    expect((await one.provider.renew('token-1')).accessToken).toBe('another');
    expect(one.source.history).toEqual(['login']);
  });

  it('a provider renews with the newest refresh token in the store', async () => {
    const { one, other, clock } = two();
    one.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1', accessToken: 'one' });
    other.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-2', accessToken: 'two' });
    await one.token();
    clock.advance(HOUR);
    await other.token();
    clock.advance(HOUR);
    await one.token();
    expect(other.source.history).toEqual(['refresh refresh-1']);
    expect(one.source.history).toEqual(['login', 'refresh refresh-2']);
  });

  it('accounts with other credentials share no tokens', async () => {
    const { one, other, asks } = two();
    other.source.accountKey = 'account with the next credentials';
    await one.token();
    await other.token();
    expect(asks()).toEqual(['login', 'login']);
  });

  it('two concurrent renewals send a rotating refresh token once', async () => {
    const { one, other, clock, asks } = two();
    one.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    await one.token();
    await other.token();
    clock.advance(HOUR);
    const renews = (bench: ProviderBench) => {
      bench.source.onAsk = (ask) =>
        ask.grant({ refreshToken: 'refresh-2', accessToken: `renewed-${ask.number}` });
    };
    renews(one);
    renews(other);
    const both = Promise.all([one.token(), other.token()]);
    await clock.timerSet((ms) => ms < 250); // one waits for the lock of the other
    await idle();
    clock.advance(150);
    expect(new Set(await both).size).toBe(1);
    expect(asks().filter((ask) => ask === 'refresh refresh-1')).toHaveLength(1);
  });
});

describe('a store that fails', () => {
  it('a provider logs in without a broken store and reports no text of its error', async () => {
    const { one } = two(broken);
    expect(await one.token()).toBe('token-1');
    expect(new Set(one.eventTypes())).toEqual(new Set(['store.failed', 'token.obtained']));
    expect(JSON.stringify(one.events)).not.toContain('s3cret');
  });

  it('one event reports that the store works again', async () => {
    const store = { ...broken };
    const { clock, one } = two(store);
    await one.token();
    const lock = async () => ({ release: async () => {} });
    Object.assign(store, { get: async () => ({}), set: async () => '1', lock });
    clock.advance(HOUR);
    await one.token();
    clock.advance(HOUR);
    await one.token();
    const states = one.eventTypes().filter((type) => type.startsWith('store'));
    expect(states).toEqual(['store.failed', 'store.recovered']);
  });

  it.each([200, 300])(
    'a store that hangs does not prevent a login within a deadline of %d ms',
    async (deadline) => {
      const clock = new ManualClock();
      const bench = new ProviderBench({
        clock,
        deadline,
        store: { get: never, set: never, lock: never },
      });
      void bench.token().catch(() => {});
      for (let waited = 0; waited < 5_000 && bench.source.asks.length === 0; waited += 50) {
        await idle();
        clock.advance(50);
        void bench.token().catch(() => {});
      }
      expect(bench.source.history).toEqual(['login']);
    },
  );

  it('a rejected token is replaced from the store while it is too soon for a renewal', async () => {
    const store = { ...broken };
    const { clock, one, other } = two(store);
    const memory = new MemoryTokenStore(clock);
    const ask = (bench: ProviderBench, accessToken: string) =>
      (bench.source.onAsk = (ask) => ask.grant({ accessToken }));
    ask(one, 'first');
    await one.token();
    ask(one, 'second');
    await one.provider.renew('first'); // and from now on it would be too soon
    for (const name of ['get', 'set', 'lock'] as const) {
      Object.assign(store, { [name]: memory[name].bind(memory) });
    }
    clock.advance(1_000);
    ask(other, 'of-the-other');
    await other.token();
    const asked = one.source.asks.length;
    const calls = Array.from({ length: 100 }, () => one.provider.renew('second'));
    const got = await Promise.all(calls);
    expect(new Set(got.map(({ accessToken }) => accessToken))).toEqual(new Set(['of-the-other']));
    expect(one.source.asks).toHaveLength(asked);
    expect((await one.provider.renew('of-the-other')).accessToken).toBe('of-the-other');
  });

  it.each<[string, Error, string]>([
    ['a reply', new Error('NOAUTH Authentication required: s3cret'), 'get: NOAUTH (Error)'],
    [
      'an error code',
      Object.assign(new Error('s3cret'), { code: 'ECONNREFUSED' }),
      'get: ECONNREFUSED (Error)',
    ],
    ['an error text', new TypeError('cannot read s3cret'), 'get: TypeError'],
    ['nothing', undefined as unknown as Error, 'get: undefined'],
  ])(
    'the event of a failing store shows only what is safe to show of %s',
    async (_what, error, reason) => {
      const { one } = two({ ...broken, get: () => Promise.reject(error) });
      await one.token();
      expect(one.changes[0]).toEqual({ type: 'store.failed', provider: 'acme', reason });
    },
  );

  it('a store that throws synchronously does not fail the renewal', async () => {
    const thrower = () => {
      throw new Error('broken');
    };
    const { one } = two({ get: thrower, set: thrower, lock: thrower });
    expect(await one.token()).toBe('token-1');
  });

  it('a broken store does not hide the failure of the token endpoint', async () => {
    const { one } = two(broken);
    one.source.onAsk = (ask) => ask.fail(permanent());
    expect(await rejection(one.token())).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
  });

  it('a store that hangs delays one renewal by 250 ms and is then not asked for one second', async () => {
    let calls = 0;
    const hanging = () => (calls++, never());
    const { one, clock } = two({ get: hanging, set: hanging, lock: hanging });
    const renewed = async (after: number) => {
      one.provider.invalidate();
      const token = one.token();
      await idle();
      clock.advance(after);
      return token;
    };
    expect([await renewed(250), calls]).toEqual(['token-1', 1]);
    clock.advance(999);
    expect([await renewed(0), calls]).toEqual(['token-2', 1]);
    clock.advance(1);
    expect([await renewed(250), calls]).toEqual(['token-3', 2]);
    expect(clock.pending).toBe(0);
  });

  it('the store is not asked while memory has a fresh token', async () => {
    let calls = 0;
    const memory = new MemoryTokenStore();
    const { one } = two({
      get: (key) => {
        calls++;
        return memory.get(key);
      },
      set: (...args) => memory.set(...args),
      lock: (...args) => memory.lock(...args),
    });
    await Promise.all(one.herd(100));
    await one.token();
    expect(calls).toBe(2); // before and after the lock
  });
});

describe('a failure at the token endpoint', () => {
  it('other instances learn of a failure and do not ask during its back-off', async () => {
    const { one, other, clock } = two();
    one.source.onAsk = (ask) => ask.fail(transient({ status: 503 }));
    const failure = (await rejection(one.token())) as OAuth2ClientError;
    expect(await rejection(other.token())).toMatchObject({ code: failure.code, status: 503 });
    expect(other.source.asks).toHaveLength(0);
    clock.advance(1_000);
    expect(await other.token()).toBe('token-1');
    expect(await one.token()).toBe('token-1');
  });

  it('other instances do not learn that the endpoint is unreachable from one instance', async () => {
    const { one, other } = two();
    one.source.onAsk = (ask) =>
      ask.fail(transient({ code: 'TOKEN_ENDPOINT_UNREACHABLE', status: undefined }));
    await rejection(one.token());
    expect(await other.token()).toBe('token-1');
  });

  it('a failure of one instance does not keep the others out for ever', async () => {
    const { one, other, clock } = two();
    one.source.onAsk = (ask) => ask.fail(permanent({ status: 403 }));
    const served = { times: 0 };
    for (let ms = 0; ms < 120_000 && served.times === 0; ms += 50) {
      void one.token().catch(() => {});
      void other.token().then(
        () => served.times++,
        () => {},
      );
      await idle();
      clock.advance(50);
    }
    expect(served.times).toBeGreaterThan(0);
  });

  it('an instance does not find its own failure in the store', async () => {
    const { one, clock } = two();
    one.source.onAsk = (ask) => ask.fail(transient({ status: 503 }));
    await rejection(one.token());
    clock.advance(1_000);
    one.source.onAsk = (ask) => ask.grant();
    expect(await one.token()).toBe('token-2');
  });

  it('a wrong password fails all instances until the credentials change', async () => {
    const { one, other } = two();
    one.source.onAsk = (ask) => ask.fail(permanent({ status: 401 }));
    await rejection(one.token());
    expect(await rejection(other.token())).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
    expect(other.source.asks).toHaveLength(0);
    other.source.credentialsMayChange = true;
    other.source.accountKey = 'account with the next credentials';
    expect(await other.token()).toBe('token-1');
  });
});
