import { describe, expect, it } from '@jest/globals';

import { OAuth2ClientError } from '../../lib/core/errors.js';
import type { TokenSet } from '../../lib/core/token-set.js';
import type { TokenTarget } from '../../lib/core/token-target.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { transient } from '../support/failures.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;
const PAUSE = 30_000;

/** A provider that gives back what logins replace, and what the vendor was given back. */
class Bench extends ProviderBench {
  readonly revoked: string[] = [];
  onRevoke: () => void | Promise<void> = () => {};

  constructor(parts: ConstructorParameters<typeof ProviderBench>[0] = {}) {
    super({ revokesReplaced: true, ...parts });
    Object.assign(this.source, {
      revoke: async ({ accessToken, refreshToken }: TokenSet, target: TokenTarget) => {
        const whose = target.subject === undefined ? '' : `${target.subject}: `;
        this.revoked.push(`${whose}${accessToken}${refreshToken ? ` ${refreshToken}` : ''}`);
        await this.onRevoke();
      },
    });
  }

  /** Lets time pass, and what it has started run. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await idle();
  }
}

const refused = () =>
  new OAuth2ClientError({
    code: 'TOKEN_REQUEST_REJECTED',
    provider: 'acme',
    stage: 'token request',
    reason: 'The revocation endpoint answered 404.',
    hint: 'Check it.',
    status: 404,
  });

describe('a token that a login has replaced', () => {
  it('is given back 30 seconds later, and nobody waits for it', async () => {
    const bench = new Bench();
    await bench.token();
    await bench.pass(HOUR);
    bench.onRevoke = () => new Promise(() => {});
    expect(await bench.token()).toBe('token-2');
    await bench.pass(PAUSE - 1);
    expect(bench.revoked).toEqual([]);
    await bench.pass(1);
    expect(bench.revoked).toEqual(['token-1']);
    expect(await bench.token()).toBe('token-2');
  });

  it('stays as it is unless the definition says otherwise', async () => {
    const bench = new Bench({ revokesReplaced: false });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual([]);
  });

  it('is given back after `invalidate()`, of the very account', async () => {
    const bench = new Bench();
    const [ama, kofi] = [bench.provider.for('ama'), bench.provider.for('kofi')];
    await Promise.all([ama.getToken(), kofi.getToken()]);
    kofi.invalidate();
    await kofi.getToken();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual(['kofi: token-2']);
  });

  it('is given back without its refresh token, which may end a whole family', async () => {
    const bench = new Bench();
    bench.source.refreshes = false;
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual(['token-1']);
  });

  it('is not given back if the vendor returns the same one again', async () => {
    const bench = new Bench();
    bench.source.onAsk = (ask) => ask.grant({ accessToken: 'same' });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual([]);
  });

  it('is not given back after a refresh, which continues the session', async () => {
    const bench = new Bench();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh' });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.source.history).toEqual(['login', 'refresh refresh']);
    expect(bench.revoked).toEqual([]);
  });

  it('is not given back a second time after `revoke()`', async () => {
    const clock = new ManualClock();
    const bench = new Bench({ clock, store: new MemoryTokenStore(clock) });
    await bench.token();
    await bench.provider.revoke();
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual(['token-1']);
  });
});

describe('a replaced token that the vendor does not take back', () => {
  it('is reported with the reason, and harms no call', async () => {
    const bench = new Bench();
    await bench.token();
    bench.provider.invalidate();
    await bench.token();
    bench.onRevoke = () => Promise.reject(refused());
    await bench.pass(PAUSE);
    expect(bench.events.at(-1)).toEqual({
      type: 'replaced token not revoked',
      provider: 'acme',
      reason: 'The revocation endpoint answered 404.',
    });
    expect(await bench.token()).toBe('token-2');
  });

  it('is not reported where it has expired or was rejected, because its session may be over', async () => {
    const bench = new Bench();
    bench.onRevoke = () => Promise.reject(refused());
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    await bench.provider.renew('token-2');
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual(['token-1', 'token-2']);
    expect(bench.eventTypes()).not.toContain('replaced token not revoked');
  });

  it('is reported where the vendor cannot say that its session is over', async () => {
    const bench = new Bench();
    bench.onRevoke = () => Promise.reject(transient());
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.eventTypes()).toContain('replaced token not revoked');
  });
});

describe('replaced tokens of instances that share a store', () => {
  function instances() {
    const clock = new ManualClock();
    const store = new MemoryTokenStore(clock);
    let issued = 0;
    const start = () => {
      const bench = new Bench({ clock, store });
      bench.source.hasAccounts = true;
      bench.source.onAsk = (ask) => ask.grant({ accessToken: `token-${++issued}` });
      return bench;
    };
    return { clock, store, one: start(), other: start() };
  }

  it('are given back once, by the instance that has logged in', async () => {
    const { one, other } = instances();
    await one.token();
    await other.token();
    await one.pass(HOUR);
    await other.token();
    expect(await one.token()).toBe('token-2');
    await one.pass(PAUSE);
    expect([one.revoked, other.revoked]).toEqual([[], ['token-1']]);
  });

  it('are given back by an instance that has found them in the store', async () => {
    const { one, other } = instances();
    await one.token();
    one.provider.invalidate();
    await idle();
    expect(await other.token()).toBe('token-2');
    await other.pass(PAUSE);
    expect(other.revoked).toEqual(['token-1']);
  });

  it('are those of a login of its own where another instance was first', async () => {
    const { store, one, other } = instances();
    await one.token();
    await one.pass(HOUR);
    store.lock = () => Promise.resolve({ release: () => Promise.resolve() }); // so that both log in
    one.source.holdAnswers();
    const late = one.token();
    await idle();
    expect(await other.token()).toBe('token-2');
    one.source.latest.grant({ accessToken: 'late' });
    expect(await late).toBe('token-2');
    await one.pass(PAUSE);
    expect([one.revoked, other.revoked]).toEqual([['late'], ['token-1']]);
  });

  it('are those of a first login, too, where another instance was first', async () => {
    const { store, one, other } = instances();
    store.lock = () => Promise.resolve({ release: () => Promise.resolve() }); // so that both log in
    one.source.holdAnswers();
    const late = one.token();
    await idle();
    const first = await other.token();
    one.source.latest.grant({ accessToken: 'late' });
    expect(await late).toBe(first);
    await one.pass(PAUSE);
    expect([one.revoked, other.revoked]).toEqual([['late'], []]);
  });
});

describe('the end of the application', () => {
  it('does not wait out the pause, and waits for what was begun', async () => {
    const bench = new Bench();
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    const gate = new Gate();
    bench.onRevoke = () => gate.pass();
    let isOver = false;
    const closing = bench.provider.close().then(() => (isOver = true));
    await gate.arrived();
    expect([bench.revoked, isOver]).toEqual([['token-1'], false]);
    gate.open();
    await closing;
    expect(bench.clock.pending).toBe(0);
  });

  it('is not held by a vendor that does not answer', async () => {
    const bench = new Bench({ deadline: 2_000 });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    bench.onRevoke = () => new Promise(() => {});
    const closing = bench.provider.close();
    await idle();
    bench.clock.advance(2_000);
    await closing;
    expect(bench.eventTypes()).toContain('replaced token not revoked');
    expect(bench.clock.pending).toBe(0);
  });
});
