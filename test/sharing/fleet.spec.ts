import { describe, expect, it } from '@jest/globals';

import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { rejection } from '../support/collect.js';
import { permanent } from '../support/failures.js';
import { faulty } from '../support/faulty-store.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;
const down = () => Promise.reject(new Error('down'));

/** Instances that share a store. A test replaces single operations of the store. */
function fleet(size: number, { canLogInAgain = true, configured = false } = {}) {
  const clock = new ManualClock();
  const { memory, store, faults } = faulty(clock);
  let asked = 0;
  const history: string[] = [];
  const instances = Array.from({ length: size }, () => {
    const bench = new ProviderBench({ clock, store });
    bench.source.canLogInAgain = canLogInAgain;
    bench.source.configuredRefreshToken = configured ? 'configured' : undefined;
    bench.source.onAsk = (ask) => {
      history.push(ask.refreshToken === undefined ? 'login' : ask.refreshToken);
      ask.grant({ accessToken: `token-${++asked}`, refreshToken: `refresh-${asked}` });
    };
    return bench;
  });
  return { clock, memory, faults, history, instances, key: instances[0]!.source.accountKey };
}

describe('a refresh token that instances share', () => {
  it('an instance logs in instead of refreshing while the store is down', async () => {
    const { clock, faults, history, instances } = fleet(1);
    const [one] = instances as [ProviderBench];
    await one.token();
    clock.advance(HOUR);
    Object.assign(faults, { get: down, set: down, lock: down });
    expect(await one.token()).toBe('token-2');
    expect(history).toEqual(['login', 'login']);
  });

  it.each(['get', 'lock'] as const)(
    'without a login, a refresh token waits until `%s` of the store works again',
    async (operation) => {
      const { clock, faults, history, instances } = fleet(1, {
        canLogInAgain: false,
        configured: true,
      });
      const [one] = instances as [ProviderBench];
      await one.token();
      clock.advance(HOUR);
      faults[operation] = down;
      const error = await rejection(one.token());
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
      expect(history).toEqual(['configured']);
      faults[operation] = undefined;
      clock.advance(1_000);
      expect(await one.token()).toBe('token-2');
      expect(history).toEqual(['configured', 'refresh-1']);
    },
  );

  it('a refresh token is not sent if this instance cannot read the record', async () => {
    const { clock, faults, history, instances } = fleet(1, {
      canLogInAgain: false,
      configured: true,
    });
    const [one] = instances as [ProviderBench];
    await one.token();
    clock.advance(HOUR);
    faults.get = async () => ({ version: 'of another instance, with another key' });
    expect(await rejection(one.token())).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(history).toEqual(['configured']);
  });

  it('a refresh token that the store refuses is written later', async () => {
    const { clock, faults, memory, key, history, instances } = fleet(2);
    const [one, other] = instances as [ProviderBench, ProviderBench];
    await one.token();
    clock.advance(HOUR);
    faults.set = down;
    expect(await one.token()).toBe('token-2');
    expect((await memory.get(key)).tokens?.refreshToken).toBe('refresh-1');
    clock.advance(1_000); // fails again
    await idle();
    faults.set = undefined;
    clock.advance(2_000);
    await idle();
    expect((await memory.get(key)).tokens?.refreshToken).toBe('refresh-2');
    clock.advance(HOUR);
    await other.token();
    expect(history).toEqual(['login', 'refresh-1', 'refresh-2']);
    expect(clock.pending).toBe(0);
  });

  it('a pending refresh token is written when the application closes', async () => {
    const { clock, faults, memory, key, instances } = fleet(1);
    const [one] = instances as [ProviderBench];
    faults.set = down;
    await one.token();
    faults.set = undefined;
    await one.provider.close();
    expect((await memory.get(key)).tokens?.refreshToken).toBe('refresh-1');
    expect(clock.pending).toBe(0);
  });

  it('a new refresh token replaces an older one whose write ends at the same time', async () => {
    const { clock, faults, memory, key, instances } = fleet(1);
    const [one] = instances as [ProviderBench];
    faults.set = down;
    await one.token();
    const gate = new Gate();
    faults.set = async (...write) => {
      await gate.pass();
      return memory.set(...write);
    };
    clock.advance(1_000);
    await gate.arrived();
    faults.set = async (...write) => {
      faults.set = undefined;
      gate.open();
      await idle();
      return memory.set(...write);
    };
    expect((await one.provider.renew('token-1')).accessToken).toBe('token-2');
    expect((await memory.get(key)).tokens?.refreshToken).toBe('refresh-2');
  });

  it('an event reports a refresh token that the store refuses until the application closes', async () => {
    const { clock, faults, instances } = fleet(1);
    const [one] = instances as [ProviderBench];
    faults.set = down;
    await one.token();
    await one.provider.close();
    expect(one.eventTypes().at(-1)).toBe('refresh_token.lost');
    expect(clock.pending).toBe(0);
  });

  it.each([true, false])(
    'the error of a refused refresh token says whether an instance that died may have used it: %s',
    async (died) => {
      const { clock, memory, instances } = fleet(1, {
        canLogInAgain: false,
        configured: true,
      });
      const [one] = instances as [ProviderBench];
      await one.token();
      const lock = await memory.lock('family of configured', HOUR - 1);
      if (!died && lock !== 'held') await lock.release();
      clock.advance(HOUR);
      one.source.onAsk = (ask) => ask.fail(permanent({ error: 'invalid_grant' }));
      const refused = rejection(one.token());
      await idle();
      clock.advance(700);
      expect(await refused).toMatchObject({
        code: 'REAUTHENTICATION_REQUIRED',
        reason: expect.stringMatching(
          died ? /its successor is lost/ : /invalid_grant\). There is no/,
        ),
      });
    },
  );

  /** Two instances without a working lock that have sent the same refresh token. */
  async function both(canLogInAgain: boolean) {
    const { clock, faults, instances } = fleet(2, { canLogInAgain, configured: true });
    const [one, other] = instances as [ProviderBench, ProviderBench];
    await one.token();
    await other.token();
    clock.advance(HOUR);
    faults.lock = async () => ({ release: async () => {} });
    one.source.holdAnswers();
    other.source.holdAnswers();
    const tokens = [one.token(), other.token()];
    await idle();
    const grant = () => one.source.latest.grant({ accessToken: 'first', refreshToken: 'next' });
    const refuse = () => other.source.latest.fail(permanent({ error: 'invalid_grant' }));
    return { clock, tokens, grant, refuse, asks: other.source.asks };
  }

  it('an instance whose refresh is refused takes the token of the instance that was first', async () => {
    const { tokens, grant, refuse, asks } = await both(true);
    grant();
    await idle();
    refuse();
    expect(await Promise.all(tokens)).toEqual(['first', 'first']);
    expect(asks).toHaveLength(1);
  });

  it('without a login, an instance waits a moment for the token of the instance that was first', async () => {
    const { clock, tokens, grant, refuse } = await both(false);
    refuse();
    await idle();
    grant();
    await idle();
    clock.advance(700);
    expect(await Promise.all(tokens)).toEqual(['first', 'first']);
  });

  it('an instance stops waiting in time to report the refusal before its deadline', async () => {
    const { clock, tokens, refuse } = await both(false);
    clock.advance(9_000);
    refuse();
    await idle();
    clock.advance(500);
    expect(await rejection(tokens[1]!)).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
  });

  it('an instance asks for the lock only while there is time to send the refresh token', async () => {
    const { clock, faults, history, instances } = fleet(1);
    const [one] = instances as [ProviderBench];
    await one.token();
    clock.advance(HOUR);
    const since = clock.monotonic();
    let asked = 0;
    faults.lock = async () => {
      asked = clock.monotonic() - since;
      return 'held';
    };
    const late = one.token();
    const seen = rejection(late);
    for (let waited = 0; waited < 10_000; waited += 50) {
      await idle();
      clock.advance(50);
    }
    expect(await seen).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT' });
    expect(asked).toBeGreaterThan(7_000);
    expect(asked).toBeLessThan(7_500);
    faults.lock = undefined;
    clock.advance(1_000);
    expect(await one.token()).toBe('token-2');
    expect(history).toEqual(['login', 'refresh-1']);
  });

  it('a refresh token is not sent too late after slow credentials', async () => {
    const { clock, history, instances } = fleet(1);
    const [one] = instances as [ProviderBench];
    await one.token();
    clock.advance(HOUR);
    one.source.onPrepare = () => new Promise((resolve) => void clock.after(9_000, resolve));
    const late = rejection(one.token());
    await idle();
    clock.advance(9_000);
    await idle();
    await idle();
    clock.advance(1_000);
    expect(await late).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT' });
    expect(history).toEqual(['login']);
  });

  it('instances with the same configured refresh token send each successor once', async () => {
    const { clock, history, instances } = fleet(4, { canLogInAgain: false, configured: true });
    for (let round = 1; round <= 12; round++) {
      for (const instance of [instances[round % 4]!, ...instances]) {
        expect(await instance.token()).toBe(`token-${round}`);
      }
      clock.advance(HOUR);
    }
    const successors = Array.from({ length: 11 }, (_, i) => `refresh-${i + 1}`);
    expect(history).toEqual(['configured', ...successors]);
  });

  it('a newly configured refresh token has precedence over the one in the store', async () => {
    const { clock, history, instances } = fleet(2, { canLogInAgain: false, configured: true });
    const [one, other] = instances as [ProviderBench, ProviderBench];
    await one.token();
    clock.advance(HOUR);
    other.source.configuredRefreshToken = 'configured anew';
    expect(await other.token()).toBe('token-2');
    expect(history).toEqual(['configured', 'configured anew']);
  });

  it('a refresh token is written although the store has lost the record before it', async () => {
    const { clock, faults, key, instances } = fleet(1);
    const [one] = instances as [ProviderBench];
    await one.token();
    clock.advance(HOUR);
    const empty = new MemoryTokenStore(clock);
    faults.set = (...args) => {
      Object.assign(faults, { get: empty.get.bind(empty), set: empty.set.bind(empty) });
      return empty.set(...args);
    };
    expect(await one.token()).toBe('token-2');
    expect((await empty.get(key)).tokens?.refreshToken).toBe('refresh-2');
  });

  it('the instance with the newest refresh token uses it although the store was restored from a backup', async () => {
    const { clock, faults, history, memory, instances } = fleet(1, {
      canLogInAgain: false,
      configured: true,
    });
    const [one] = instances as [ProviderBench];
    await one.token();
    clock.advance(HOUR);
    await one.token();
    clock.advance(HOUR);
    faults.get = async (key) => ({ ...(await memory.get(key)), isOutdated: true });
    expect(await one.token()).toBe('token-3');
    expect(history).toEqual(['configured', 'refresh-1', 'refresh-2']);
  });

  it('closing waits until the refresh token of a running renewal is in the store', async () => {
    const { clock, memory, key, instances } = fleet(1);
    const [one] = instances as [ProviderBench];
    one.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    await one.token();
    clock.advance(HOUR);
    one.source.holdAnswers();
    const token = rejection(one.token());
    await idle();
    const closing = one.provider.close();
    one.source.latest.grant({ refreshToken: 'the successor' });
    await closing;
    expect((await memory.get(key)).tokens?.refreshToken).toBe('the successor');
    expect(await token).toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  it('a used refresh token is remembered after a login', async () => {
    const { clock, history, instances } = fleet(2, { configured: true });
    const [one, other] = instances as [ProviderBench, ProviderBench];
    await one.token();
    one.source.onAsk = (ask) =>
      ask.kind === 'login'
        ? ask.grant({ accessToken: 'by login' })
        : ask.fail(permanent({ error: 'invalid_grant', status: 400 }));
    clock.advance(HOUR);
    expect(await one.token()).toBe('by login');
    clock.advance(HOUR);
    await other.token();
    expect(history.filter((sent) => sent === 'configured')).toHaveLength(1);
  });
});
