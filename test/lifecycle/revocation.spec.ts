import { describe, expect, it } from '@jest/globals';

import type { AttemptCall } from '../../lib/core/attempts.js';
import { OAuth2ClientError } from '../../lib/core/errors.js';
import type { TokenSet } from '../../lib/core/token-set.js';
import type { TokenTarget } from '../../lib/core/token-target.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { rejection } from '../support/collect.js';
import { transient } from '../support/failures.js';
import { faulty } from '../support/faulty-store.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';
import { ScriptedSource } from '../support/scripted-source.js';

/** A provider whose tokens can be revoked. */
class RevocableBench extends ProviderBench {
  readonly revoked: string[] = [];
  onRevoke: (tokens: TokenSet, signal: AbortSignal) => void | Promise<void> = () => {};

  constructor(parts: ConstructorParameters<typeof ProviderBench>[0] = {}) {
    super(parts);
    Object.assign(this.source, {
      revoke: async (tokens: TokenSet, target: TokenTarget, { signal }: AttemptCall) => {
        this.revoked.push(`${target.subject ?? 'own'}: ${tokens.accessToken}`);
        await this.onRevoke(tokens, signal);
      },
    });
  }
}

describe('the revocation of tokens', () => {
  it('revoked tokens are forgotten before the vendor responds', async () => {
    const bench = new RevocableBench();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    await bench.token();
    const gate = new Gate();
    bench.onRevoke = () => gate.pass();
    const revoking = bench.provider.revoke();
    await idle();
    expect(bench.provider.peek()).toBeUndefined();
    expect(await bench.token()).toBe('token-2');
    gate.open();
    await revoking;
    expect(bench.source.history).toEqual(['login', 'login']);
    expect(await bench.token()).toBe('token-2');
  });

  it('`revoke` revokes the tokens of one account only', async () => {
    const bench = new RevocableBench();
    const [ama, kofi] = [bench.provider.for('ama'), bench.provider.for('kofi')];
    await Promise.all([ama.getToken(), kofi.getToken(), bench.token()]);
    await kofi.revoke();
    expect(bench.revoked).toEqual([expect.stringMatching(/^kofi: /)]);
    expect(kofi.peek()).toBeUndefined();
    expect([ama.peek(), bench.provider.peek()]).not.toContain(undefined);
  });

  it('`revoke` during a renewal revokes the token that the renewal brings', async () => {
    const bench = new RevocableBench();
    bench.source.holdAnswers();
    const call = bench.token();
    await idle();
    const revoking = bench.provider.revoke();
    await idle();
    expect(bench.revoked).toEqual([]);
    bench.source.latest.grant();
    expect(await call).toBe('token-1');
    await revoking;
    expect(bench.revoked).toEqual(['own: token-1']);
    expect(bench.provider.status().token).toBe('none');
  });

  it('`revoke` during a renewal that fails revokes nothing and succeeds', async () => {
    const bench = new RevocableBench();
    bench.source.holdAnswers();
    const call = rejection(bench.token());
    await idle();
    const revoking = bench.provider.revoke();
    bench.source.latest.fail(transient());
    await Promise.all([call, revoking]);
    expect(bench.revoked).toEqual([]);
  });

  it('concurrent calls of `revoke` revoke a token once', async () => {
    const bench = new RevocableBench();
    await bench.token();
    await Promise.all([bench.provider.revoke(), bench.provider.revoke(), bench.provider.revoke()]);
    await bench.provider.revoke();
    expect(bench.revoked).toEqual(['own: token-1']);
  });

  it('`revoke` for an unknown subject does nothing and creates no account', async () => {
    const bench = new RevocableBench();
    await bench.provider.for('nobody').revoke();
    expect(bench.revoked).toEqual([]);
    expect(bench.source.prepared).toEqual([]);
  });

  it('`revoke` also revokes an expired token', async () => {
    const bench = new RevocableBench();
    await bench.token();
    bench.clock.advance(3_600_000);
    await bench.provider.revoke();
    expect(bench.revoked).toEqual(['own: token-1']);
  });

  it('`revoke` waits for no longer than the deadline of a renewal', async () => {
    const bench = new RevocableBench({ deadline: 2_000 });
    await bench.token();
    let ended: AbortSignal | undefined;
    bench.onRevoke = (_tokens, signal) => ((ended = signal), new Promise(() => {}));
    const revoking = rejection(bench.provider.revoke());
    await idle();
    bench.clock.advance(2_000);
    expect(await revoking).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT', retryable: true });
    expect(ended?.aborted).toBe(true);
    expect([bench.clock.pending, bench.eventTypes().at(-1)]).toEqual([0, 'revocation.failed']);
  });

  it('`revoke` removes the tokens from the shared store', async () => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore(clock);
    const one = new RevocableBench({ clock, store });
    const other = new ProviderBench({ clock, store });
    await one.token();
    await one.provider.revoke();
    expect(one.revoked).toEqual(['own: token-1']);
    await other.provider.getToken();
    expect(other.source.history).toEqual(['login']);
  });

  it('`revoke` fails if the definition has no revocation', async () => {
    const bench = new ProviderBench();
    await bench.token();
    const error = await rejection(bench.provider.revoke());
    expect(error).toBeInstanceOf(OAuth2ClientError);
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', provider: 'acme' });
    expect(bench.provider.peek()?.accessToken).toBe('token-1');
    expect(new ScriptedSource()).not.toHaveProperty('revoke');
  });

  it('an aborted `revoke` does not revoke the token of the renewal it waits for', async () => {
    const bench = new RevocableBench();
    bench.source.holdAnswers();
    const call = bench.token();
    await idle();
    const signal = AbortSignal.abort(new Error('no time'));
    expect(await rejection(bench.provider.revoke({ signal }))).toBe(signal.reason);
    bench.source.latest.grant();
    expect(await call).toBe('token-1');
    expect(bench.revoked).toEqual([]);
  });
});

describe('the revocation of a configured refresh token', () => {
  const configured = () => {
    const bench = new RevocableBench();
    bench.source.configuredRefreshToken = 'configured';
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    return bench;
  };
  const revokedRefreshTokens = (bench: RevocableBench) => {
    const refreshTokens: (string | undefined)[] = [];
    bench.onRevoke = (tokens) => void refreshTokens.push(tokens.refreshToken);
    return refreshTokens;
  };

  it('`revoke` revokes the newest refresh token of the family for any account', async () => {
    const bench = configured();
    await bench.token({ scope: 'read' });
    await bench.token({ scope: 'write' });
    const refreshTokens = revokedRefreshTokens(bench);
    await bench.provider.revoke({ scope: 'read' });
    expect(refreshTokens).toEqual(['refresh-2']);
  });

  it('a revoked configured refresh token is not sent again and the next call logs in', async () => {
    const bench = configured();
    await bench.token();
    await bench.provider.revoke();
    await bench.token();
    expect(bench.source.history).toEqual(['refresh configured', 'login']);
  });
});

describe('the revocation of an account in a store', () => {
  it('`revoke` leaves a tombstone in the store', async () => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore(clock);
    const bench = new RevocableBench({ clock, store });
    await bench.token();
    const key = bench.source.accountKey;
    await bench.provider.revoke();
    expect((await store.get(key))?.tokens?.expiresAt).toBe(0);
    expect(bench.eventTypes()).not.toContain('store.failed');
  });

  it('an event reports that the store fails during `revoke`', async () => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore(clock);
    const bench = new RevocableBench({ clock, store });
    await bench.token();
    store.set = () => Promise.reject(new Error('down'));
    await bench.provider.revoke();
    expect(bench.eventTypes()).toContain('store.failed');
  });
});

describe('the revocation of an account that instances share', () => {
  const HOUR = 3_600_000;

  function instances() {
    const clock = new ManualClock();
    const { memory, store, faults } = faulty(clock);
    let issued = 0;
    const start = () => {
      const bench = new RevocableBench({ clock, store });
      bench.source.hasAccounts = true;
      bench.source.onAsk = (ask) => {
        issued++;
        ask.grant({ accessToken: `token-${issued}`, refreshToken: `refresh-${issued}` });
      };
      return bench;
    };
    const [one, other] = [start(), start()];
    return { clock, memory, faults, one, other, key: `${one.source.accountKey} ` };
  }

  it('`revoke` waits for the renewal of another instance and revokes its token', async () => {
    const { clock, memory, one, other, key } = instances();
    await one.token();
    clock.advance(HOUR);
    other.source.holdAnswers();
    const renewal = other.token();
    await idle();
    const revoking = one.provider.revoke();
    await idle();
    expect(one.revoked).toEqual([]);
    other.source.latest.grant({ accessToken: 'renewed', refreshToken: 'next' });
    expect(await renewal).toBe('renewed');
    clock.advance(150);
    await revoking;
    expect(one.revoked).toEqual(['own: renewed']);
    expect((await memory.get(key)).tokens?.refreshToken).toBeUndefined();
    other.source.onAsk = (ask) => ask.grant();
    await other.provider.renew('renewed');
    expect(other.source.latest.kind).toBe('login');
  });

  it('a call during `revoke` does not take the token from the store', async () => {
    const { memory, faults, one, other } = instances();
    await other.token();
    const gate = new Gate();
    faults.get = async (key) => {
      await gate.pass();
      return memory.get(key);
    };
    const revoking = one.provider.revoke();
    await gate.arrived();
    const call = one.token();
    gate.open();
    await revoking;
    expect(await call).toBe('token-2');
    expect(one.revoked).toEqual(['own: token-1']);
  });

  it.each<[string, (bench: RevocableBench) => void, object]>([
    [
      'fail',
      ({ source }) => (source.onPrepare = () => Promise.reject(transient())),
      { code: 'TOKEN_ENDPOINT_UNAVAILABLE' },
    ],
    [
      'hang',
      ({ source }) => (source.onPrepare = () => new Promise(() => {})),
      { code: 'TOKEN_REQUEST_TIMEOUT' },
    ],
  ])('`revoke` forgets the tokens although the credentials %s', async (_how, breakIt, error) => {
    const { clock, one } = instances();
    await one.token();
    breakIt(one);
    const refused = rejection(one.provider.revoke());
    await idle();
    clock.advance(10_000);
    expect(await refused).toMatchObject(error);
    expect(one.provider.peek()).toBeUndefined();
    expect(one.eventTypes().at(-1)).toBe('revocation.failed');
  });

  it('a failed `revoke` can be repeated', async () => {
    const { memory, one, key } = instances();
    await one.token();
    const { onPrepare } = one.source;
    one.source.onPrepare = () => Promise.reject(transient());
    await rejection(one.provider.revoke());
    one.source.onPrepare = onPrepare;
    await one.provider.revoke();
    expect(one.revoked).toEqual(['own: token-1']);
    expect((await memory.get(key)).tokens).toMatchObject({ expiresAt: 0, refreshToken: undefined });
  });

  it('concurrent calls of `revoke` in several instances revoke a token once', async () => {
    const { clock, one, other } = instances();
    await one.token();
    const all = Promise.all([
      one.provider.revoke(),
      one.provider.revoke(),
      other.provider.revoke(),
    ]);
    for (let i = 0; i < 10; i++) {
      await idle();
      clock.advance(50);
    }
    await all;
    expect([...one.revoked, ...other.revoked]).toEqual(['own: token-1']);
  });

  it('a tombstone lives for as long as other instances may have the token in memory', async () => {
    const { clock, one, other } = instances();
    await one.token();
    await other.token();
    await one.provider.revoke();
    clock.advance(HOUR);
    await one.token({ subject: 'somebody else' }); // the store forgets what has expired
    await other.token();
    expect(other.source.history).toEqual(['login']);
  });

  it('`invalidate` does not lose a refresh token that is not written yet', async () => {
    const { clock, memory, faults, one, key } = instances();
    await one.token();
    clock.advance(HOUR);
    faults.set = () => Promise.reject(new Error('down'));
    await one.token();
    faults.set = undefined;
    clock.advance(1_000 - 1);
    one.provider.invalidate();
    await idle();
    clock.advance(HOUR);
    await idle();
    expect((await memory.get(key)).tokens?.refreshToken).toBe('refresh-2');
    await one.token();
    expect(one.source.history).toEqual(['login', 'refresh refresh-1', 'refresh refresh-2']);
  });

  it('other instances do not take an invalidated token from the store', async () => {
    const { memory, one, other, key } = instances();
    await one.token();
    one.provider.invalidate();
    await idle();
    expect((await memory.get(key)).tokens?.refreshToken).toBe('refresh-1');
    expect(await other.token()).toBe('token-2');
    expect(other.source.history).toEqual(['refresh refresh-1']);
    expect(await one.token()).toBe('token-2');
  });

  it('`invalidate` during the renewal of another instance keeps the new token', async () => {
    const { clock, memory, one, other, key } = instances();
    await one.token();
    await other.token();
    clock.advance(HOUR);
    other.source.holdAnswers();
    const renewal = other.token();
    await idle();
    one.provider.invalidate();
    await idle();
    other.source.latest.grant({ accessToken: 'renewed', refreshToken: 'next' });
    expect(await renewal).toBe('renewed');
    expect((await memory.get(key)).tokens?.accessToken).toBe('renewed');
    expect((await memory.get(key)).tokens?.expiresAt).toBeGreaterThan(clock.now());
  });

  it('`invalidate` keeps the token that another instance has renewed since', async () => {
    const { clock, memory, one, other, key } = instances();
    await one.token();
    clock.advance(HOUR);
    await other.token();
    one.provider.invalidate();
    await idle();
    expect((await memory.get(key)).tokens?.expiresAt).toBeGreaterThan(clock.now());
  });

  it('a renewal after `invalidate` waits until the store has the mark', async () => {
    const { memory, faults, one, other } = instances();
    await one.token();
    const gate = new Gate();
    faults.set = async (...write) => {
      await gate.pass();
      return memory.set(...write);
    };
    one.provider.invalidate();
    const call = one.token();
    await gate.arrived();
    gate.open();
    expect(await call).toBe('token-2');
    expect(one.source.history).toEqual(['login', 'refresh refresh-1']);
    expect(await other.token()).toBe('token-2');
  });
});

describe('the end of an application', () => {
  it.each([
    [true, ['own: token-1', 'ama: token-2']],
    [false, []],
    [undefined, []],
  ])('closing revokes all tokens if `revokesOnClose` is %s', async (revokesOnClose, revoked) => {
    const bench = new RevocableBench({ revokesOnClose });
    await bench.token();
    await bench.provider.for('ama').getToken();
    await bench.provider.close();
    expect(bench.revoked).toEqual(revoked);
  });

  it('closing succeeds although the vendor refuses the revocations', async () => {
    const bench = new RevocableBench({ revokesOnClose: true });
    await bench.token();
    await bench.provider.for('ama').getToken();
    bench.onRevoke = () => Promise.reject(transient());
    await bench.provider.close();
    expect(bench.revoked).toHaveLength(2);
    expect(bench.eventTypes().slice(-2)).toEqual(['revocation.failed', 'revocation.failed']);
  });

  it('closing sends no more than ten revocations at once', async () => {
    const bench = new RevocableBench({ revokesOnClose: true });
    for (let i = 0; i < 35; i++) await bench.provider.for(`subject-${i}`).getToken();
    let [open, most] = [0, 0];
    bench.onRevoke = async () => {
      most = Math.max(most, ++open);
      await idle();
      open--;
    };
    await bench.provider.close();
    expect([bench.revoked.length, new Set(bench.revoked).size, most]).toEqual([35, 35, 10]);
    expect(bench.eventTypes()).not.toContain('revocation.failed');
  });

  it('closing waits for a vendor that hangs no longer than the deadline, and an event reports it', async () => {
    const bench = new RevocableBench({ revokesOnClose: true });
    for (let i = 0; i < 35; i++) await bench.provider.for(`subject-${i}`).getToken();
    bench.onRevoke = () => new Promise(() => {});
    const closed = bench.provider.close();
    await idle();
    expect(bench.revoked).toHaveLength(10);
    bench.clock.advance(10_000);
    await closed;
    expect(bench.revoked).toHaveLength(10);
    const failures = bench.eventTypes().filter((type) => type === 'revocation.failed');
    expect(failures).toHaveLength(10);
    expect(bench.events.at(-1)).toMatchObject({ type: 'revocation.unfinished', accounts: 25 });
  });

  it('closing revokes the token that a running refresh brings', async () => {
    const bench = new RevocableBench({ revokesOnClose: true });
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    await bench.token();
    bench.clock.advance(3_600_000);
    bench.source.holdAnswers();
    const call = rejection(bench.token());
    await idle();
    const closed = bench.provider.close();
    bench.source.latest.grant();
    await closed;
    expect(bench.revoked).toEqual(['own: token-2']);
    expect(await call).toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});

describe('the errors and events of a revocation', () => {
  const labelOf = (target?: TokenTarget) => target?.subject;

  it('the error of a revocation names the account', async () => {
    const bench = new RevocableBench({ labelOf });
    const ama = bench.provider.for('ama');
    await ama.getToken();
    const failure = transient();
    bench.onRevoke = () => Promise.reject(failure);
    expect(await rejection(ama.revoke())).toMatchObject({ account: 'ama', cause: failure });
    expect(bench.events.at(-1)).toMatchObject({
      type: 'revocation.failed',
      account: 'ama',
      error: failure,
    });
  });

  it('an unexpected error of a revocation becomes an error that quotes nothing of it', async () => {
    const bench = new RevocableBench();
    await bench.token();
    bench.onRevoke = () => Promise.reject(new RangeError('s3cret'));
    const error = await rejection(bench.provider.revoke());
    expect(error).toMatchObject({ code: 'TOKEN_REQUEST_REJECTED', provider: 'acme' });
    expect(String(error)).toContain('(RangeError)');
    expect(String(error)).not.toContain('s3cret');
  });

  it('the refused revocation of an expired token is an error without an event', async () => {
    const bench = new RevocableBench();
    await bench.token();
    bench.clock.advance(3_600_000);
    bench.onRevoke = () => Promise.reject(transient());
    await rejection(bench.provider.revoke());
    expect(bench.eventTypes()).toEqual(['token.obtained']);
  });

  it('the error of a late revocation names the place and the deadline', async () => {
    const bench = new RevocableBench({ deadline: 2_000 });
    Object.assign(bench.source, { place: 'auth.example' });
    await bench.token();
    bench.onRevoke = () => new Promise(() => {});
    const revoking = rejection(bench.provider.revoke());
    await idle();
    bench.clock.advance(2_000);
    expect(String(await revoking)).toMatch(/deadline of 2000 ms: auth\.example did not answer/);
  });

  it('an aborted `revoke` goes on in the background', async () => {
    const bench = new RevocableBench();
    await bench.token();
    const gate = new Gate();
    bench.onRevoke = () => gate.pass();
    const controller = new AbortController();
    const revoking = rejection(bench.provider.revoke({ signal: controller.signal }));
    await gate.arrived();
    controller.abort(new Error('no time'));
    expect(await revoking).toBe(controller.signal.reason);
    gate.open();
    await idle();
    expect(bench.eventTypes()).toEqual(['token.obtained']);
  });

  it('closing ends a revocation that is under way', async () => {
    const bench = new RevocableBench();
    await bench.token();
    bench.onRevoke = () => new Promise(() => {});
    const revoking = rejection(bench.provider.revoke());
    await idle();
    await bench.provider.close();
    expect(await revoking).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(bench.clock.pending).toBe(0);
  });

  it('closing revokes only tokens that have not expired', async () => {
    const bench = new RevocableBench({ revokesOnClose: true });
    await bench.provider.for('ama').getToken();
    bench.clock.advance(3_600_000);
    await bench.provider.for('kofi').getToken();
    await bench.provider.close();
    expect(bench.revoked).toEqual(['kofi: token-2']);
    expect(bench.source.prepared).toHaveLength(2);
  });

  it('closing revokes an expired access token that has a refresh token', async () => {
    const bench = new RevocableBench({ revokesOnClose: true });
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh' });
    await bench.token();
    bench.clock.advance(3_600_000);
    await bench.provider.close();
    expect(bench.revoked).toEqual(['own: token-1']);
  });

  it('closing revokes tokens that only another instance has used', async () => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore(clock);
    const [one, other] = [1, 2].map(
      () => new RevocableBench({ clock, store, revokesOnClose: true }),
    ) as [RevocableBench, RevocableBench];
    await one.token();
    await other.provider.close();
    expect(other.revoked).toEqual(['own: token-1']);
  });

  it('no event reports an unfinished revocation if all tokens are revoked', async () => {
    const bench = new RevocableBench({ revokesOnClose: true });
    for (let i = 0; i < 12; i++) await bench.provider.for(`subject-${i}`).getToken();
    await bench.provider.close();
    expect(bench.revoked).toHaveLength(12);
    expect(bench.eventTypes()).not.toContain('revocation.unfinished');
  });
});
