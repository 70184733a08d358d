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

/** A provider that revokes the tokens that logins replace, and the tokens that it has revoked. */
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

  /** Lets time pass, and runs the work that this starts. */
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
  it('a replaced token is revoked 30 seconds later in the background', async () => {
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

  it('a replaced token is not revoked by default', async () => {
    const bench = new Bench({ revokesReplaced: false });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual([]);
  });

  it('a token that is replaced after `invalidate` is revoked for its own account', async () => {
    const bench = new Bench();
    const [ama, kofi] = [bench.provider.for('ama'), bench.provider.for('kofi')];
    await Promise.all([ama.getToken(), kofi.getToken()]);
    kofi.invalidate();
    await kofi.getToken();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual(['kofi: token-2']);
  });

  it('a replaced token is revoked without its refresh token', async () => {
    const bench = new Bench();
    bench.source.refreshes = false;
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual(['token-1']);
  });

  it('a token that the vendor returns again is not revoked', async () => {
    const bench = new Bench();
    bench.source.onAsk = (ask) => ask.grant({ accessToken: 'same' });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual([]);
  });

  it('a token is not revoked after a refresh, which continues its session', async () => {
    const bench = new Bench();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh' });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.source.history).toEqual(['login', 'refresh refresh']);
    expect(bench.revoked).toEqual([]);
  });

  it('a token is not revoked again after `revoke`', async () => {
    const clock = new ManualClock();
    const bench = new Bench({ clock, store: new MemoryTokenStore(clock) });
    await bench.token();
    await bench.provider.revoke();
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual(['token-1']);
  });
});

describe('a replaced token that the vendor does not revoke', () => {
  it('an event reports why a replaced token is not revoked', async () => {
    const bench = new Bench();
    await bench.token();
    bench.provider.invalidate();
    await bench.token();
    bench.onRevoke = () => Promise.reject(refused());
    await bench.pass(PAUSE);
    expect(bench.events.at(-1)).toEqual({
      type: 'replaced_token.not_revoked',
      provider: 'acme',
      reason: 'The revocation endpoint answered 404.',
    });
    expect(await bench.token()).toBe('token-2');
  });

  it('no event reports a refused revocation of an expired or rejected token', async () => {
    const bench = new Bench();
    bench.onRevoke = () => Promise.reject(refused());
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    await bench.provider.renew('token-2');
    await bench.pass(PAUSE);
    expect(bench.revoked).toEqual(['token-1', 'token-2']);
    expect(bench.eventTypes()).not.toContain('replaced_token.not_revoked');
  });

  it('an event reports that the revocation of an expired token fails temporarily', async () => {
    const bench = new Bench();
    bench.onRevoke = () => Promise.reject(transient());
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    await bench.pass(PAUSE);
    expect(bench.eventTypes()).toContain('replaced_token.not_revoked');
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

  it('only the instance that logs in revokes the replaced token', async () => {
    const { one, other } = instances();
    await one.token();
    await other.token();
    await one.pass(HOUR);
    await other.token();
    expect(await one.token()).toBe('token-2');
    await one.pass(PAUSE);
    expect([one.revoked, other.revoked]).toEqual([[], ['token-1']]);
  });

  it('an instance revokes a replaced token that it finds in the store', async () => {
    const { one, other } = instances();
    await one.token();
    one.provider.invalidate();
    await idle();
    expect(await other.token()).toBe('token-2');
    await other.pass(PAUSE);
    expect(other.revoked).toEqual(['token-1']);
  });

  it('an instance revokes its own login if another instance logged in first', async () => {
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

  it('an instance revokes its own first login if another instance logged in first', async () => {
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
  it('closing revokes replaced tokens without the pause and waits for the revocations', async () => {
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

  it('closing does not wait for a vendor that does not respond', async () => {
    const bench = new Bench({ deadline: 2_000 });
    await bench.token();
    await bench.pass(HOUR);
    await bench.token();
    bench.onRevoke = () => new Promise(() => {});
    const closing = bench.provider.close();
    await idle();
    bench.clock.advance(2_000);
    await closing;
    expect(bench.eventTypes()).toContain('replaced_token.not_revoked');
    expect(bench.clock.pending).toBe(0);
  });
});

describe('many replaced tokens when the application closes', () => {
  /** A provider with 25 accounts whose tokens logins have replaced. */
  async function replaced(parts: ConstructorParameters<typeof ProviderBench>[0] = {}) {
    const bench = new Bench(parts);
    for (let i = 0; i < 25; i++) {
      const account = bench.provider.for(`subject-${i}`);
      await account.getToken();
      account.invalidate();
      await account.getToken();
    }
    return bench;
  }
  const reports = (bench: Bench) =>
    bench.events.flatMap((event) =>
      event.type === 'replaced_token.not_revoked' ? [event.reason] : [],
    );

  it('closing revokes all replaced tokens, ten at a time', async () => {
    const bench = await replaced();
    let [open, most] = [0, 0];
    bench.onRevoke = async () => {
      most = Math.max(most, ++open);
      await idle();
      open--;
    };
    await bench.provider.close();
    expect([new Set(bench.revoked).size, bench.revoked.length, most]).toEqual([25, 25, 10]);
    expect([reports(bench), bench.clock.pending]).toEqual([[], 0]);
  });

  it('events report all tokens that are not revoked within the deadline', async () => {
    const bench = await replaced({ deadline: 2_000 });
    bench.onRevoke = () => new Promise(() => {});
    const closing = bench.provider.close();
    await idle();
    expect(bench.revoked).toHaveLength(10);
    bench.clock.advance(1_999);
    await idle();
    expect(reports(bench)).toEqual([]);
    bench.clock.advance(1);
    await closing;
    expect(bench.revoked).toHaveLength(10);
    expect(reports(bench)).toEqual(
      Array.from({ length: 25 }, () => 'The vendor did not answer in time.'),
    );
    expect(bench.clock.pending).toBe(0);
  });

  it('closing waits for a revocation that began after the pause', async () => {
    const bench = new Bench();
    await bench.token();
    bench.provider.invalidate();
    await bench.token();
    const gate = new Gate();
    bench.onRevoke = () => gate.pass();
    await bench.pass(PAUSE);
    let isOver = false;
    const closing = bench.provider.close().then(() => (isOver = true));
    await idle();
    expect(isOver).toBe(false);
    gate.open();
    await closing;
    expect(bench.revoked).toEqual(['token-1']);
  });

  it('a revocation after the pause has the deadline of a renewal', async () => {
    const bench = new Bench({ deadline: 2_000 });
    await bench.token();
    bench.provider.invalidate();
    await bench.token();
    bench.onRevoke = () => new Promise(() => {});
    await bench.pass(PAUSE);
    await bench.pass(1_999);
    expect(reports(bench)).toEqual([]);
    await bench.pass(1);
    expect(reports(bench)).toEqual(['The vendor did not answer in time.']);
    expect(bench.clock.pending).toBe(0);
  });

  it.each<[string, Error, boolean]>([
    ['an unexpected error', new Error('broken'), true],
    ['an error without a status', transient({ status: undefined, retryable: false }), true],
    ['a temporary error', transient(), true],
    ['a refusal', refused(), false],
  ])(
    'an event reports the failed revocation of an expired token unless it is a refusal: %s',
    async (_what, error, is) => {
      const bench = new Bench();
      await bench.token();
      await bench.pass(HOUR);
      await bench.token();
      bench.onRevoke = () => Promise.reject(error);
      await bench.pass(PAUSE);
      expect(reports(bench)).toHaveLength(is ? 1 : 0);
    },
  );

  it('the refused revocation of a token that still works is reported', async () => {
    const bench = new Bench();
    await bench.token();
    await bench.pass(HOUR - 1);
    bench.provider.invalidate();
    await bench.token();
    bench.onRevoke = () => Promise.reject(refused());
    await bench.pass(PAUSE);
    expect(reports(bench)).toEqual(['The revocation endpoint answered 404.']);
  });
});
