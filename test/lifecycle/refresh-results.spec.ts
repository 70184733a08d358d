import { describe, expect, it } from '@jest/globals';

import type { AttemptCall } from '../../lib/core/attempts.js';
import type { OAuth2ClientError } from '../../lib/core/errors.js';
import { TokenSet } from '../../lib/core/token-set.js';
import { RefreshTokenOnly, type TokenAttempt } from '../../lib/core/token-source.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { rejection, settle } from '../support/collect.js';
import { permanent, transient, unevaluated } from '../support/failures.js';
import { HastyClock, ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';
import type { Ask } from '../support/scripted-source.js';

const HOUR = 3_600_000;

/** Responds with a refresh token whose access token must not be sent. */
const grantRefreshTokenOnly = (ask: Ask, failure: OAuth2ClientError, refreshExpiresAt?: number) =>
  ask.fail(
    new RefreshTokenOnly(
      failure,
      new TokenSet({
        accessToken: 'unusable',
        refreshToken: `refresh-${ask.number}`,
        refreshExpiresAt,
        expiresAt: ask.startedAt.wall + HOUR,
      }),
      ask.startedAt,
    ),
  );

/** A provider with the token `token-1` and the refresh token `refresh-1`. */
async function withRefreshToken(
  parts: ConstructorParameters<typeof ProviderBench>[0] = {},
): Promise<ProviderBench> {
  const bench = new ProviderBench(parts);
  bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
  await bench.token();
  return bench;
}

describe('a response of which only the refresh token is of use', () => {
  it('without a login, the call fails and the next renewal sends the new refresh token', async () => {
    const bench = await withRefreshToken();
    bench.source.canLogInAgain = false;
    bench.clock.advance(HOUR);
    const failure = transient({ reason: 'The token is not usable.' });
    bench.source.onAsk = (ask) => grantRefreshTokenOnly(ask, failure);
    expect(await rejection(bench.token())).toMatchObject({ cause: failure });
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(1_000);
    expect(await bench.token()).toBe('token-3');
    expect(bench.source.history).toEqual(['login', 'refresh refresh-1', 'refresh refresh-2']);
  });

  it('the access token before it serves until its end', async () => {
    const bench = await withRefreshToken();
    bench.source.canLogInAgain = false;
    bench.clock.advance(HOUR - 60_000);
    const end = bench.clock.now() + 5 * HOUR;
    bench.source.onAsk = (ask) => grantRefreshTokenOnly(ask, transient(), end);
    await bench.token();
    await idle();
    expect(bench.provider.peek()).toMatchObject({
      accessToken: 'token-1',
      refreshToken: 'refresh-2',
      refreshExpiresAt: end,
      refreshes: 1,
    });
  });

  it('the hook gets the new refresh token although the renewal fails', async () => {
    const received: (string | undefined)[] = [];
    const bench = await withRefreshToken({
      onTokenSet: ({ refreshToken }) => void received.push(refreshToken),
    });
    bench.source.canLogInAgain = false;
    bench.clock.advance(HOUR);
    bench.source.onAsk = (ask) => grantRefreshTokenOnly(ask, transient());
    await rejection(bench.token());
    expect(received).toEqual(['refresh-1', 'refresh-2']);
  });

  it('a login follows in the same renewal', async () => {
    const bench = await withRefreshToken();
    bench.clock.advance(HOUR);
    bench.source.onAsk = (ask) =>
      ask.kind === 'login' ? ask.grant() : grantRefreshTokenOnly(ask, permanent());
    expect(await bench.token()).toBe('token-3');
    expect(bench.source.history).toEqual(['login', 'refresh refresh-1', 'login']);
  });

  it('after a failed login, the next renewal sends the new refresh token', async () => {
    const bench = await withRefreshToken();
    bench.clock.advance(HOUR);
    const refusal = permanent();
    bench.source.onAsk = (ask) =>
      ask.kind === 'login' ? ask.fail(refusal) : grantRefreshTokenOnly(ask, permanent());
    expect(await rejection(bench.token())).toMatchObject({ cause: refusal });
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(30_000);
    await bench.token();
    expect(bench.source.history).toEqual([
      'login',
      'refresh refresh-1',
      'login',
      'refresh refresh-2',
    ]);
  });

  it('the first response without a usable access token leaves its refresh token', async () => {
    const bench = new ProviderBench();
    bench.source.canLogInAgain = false;
    bench.source.configuredRefreshToken = 'configured';
    bench.source.onAsk = (ask) => grantRefreshTokenOnly(ask, transient());
    await rejection(bench.token());
    expect(bench.provider.peek()).toBeUndefined();
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(1_000);
    await bench.token();
    expect(bench.source.history).toEqual(['refresh configured', 'refresh refresh-1']);
  });
});

describe('the token set of a refresh', () => {
  it('members that only the response to the login has stay', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) =>
      ask.grant(
        ask.kind === 'login'
          ? { refreshToken: 'refresh-1', extra: { base: 'https://a.example', id: 1 } }
          : { extra: { id: 2 } },
      );
    await bench.token();
    bench.clock.advance(HOUR);
    const tokens = await bench.provider.getToken();
    expect(tokens.extra).toEqual({ base: 'https://a.example', id: 2 });
    expect(Object.isFrozen(tokens.extra)).toBe(true);
    expect([tokens.refreshToken, tokens.refreshes]).toEqual(['refresh-1', 1]);
  });

  it('a token set counts its refreshes since the login', async () => {
    const bench = await withRefreshToken();
    for (let n = 1; n <= 3; n++) {
      bench.clock.advance(HOUR);
      expect((await bench.provider.getToken()).refreshes).toBe(n);
    }
  });

  it('a provider logs in after as many refreshes as the vendor permits', async () => {
    const bench = new ProviderBench();
    Object.assign(bench.source, { refreshLimit: 2 });
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    for (let n = 0; n < 4; n++) {
      await bench.token();
      bench.clock.advance(HOUR);
    }
    expect(bench.source.history).toEqual([
      'login',
      'refresh refresh-1',
      'refresh refresh-2',
      'login',
    ]);
  });
});

describe('the requests of a renewal', () => {
  /** Notes what each request of a provider is given. */
  function noted(bench: ProviderBench): AttemptCall[] {
    const calls: AttemptCall[] = [];
    const prepare = bench.source.prepare.bind(bench.source);
    const noting = (attempt: TokenAttempt): TokenAttempt => ({
      ...attempt,
      run: (call, startedAt) => {
        calls.push(call);
        return attempt.run(call, startedAt);
      },
    });
    bench.source.prepare = async (target) => {
      const { login, refresh, ...rest } = await prepare(target);
      return {
        ...rest,
        login: login && noting(login),
        refresh: refresh && ((token, before) => noting(refresh(token, before))),
      };
    };
    return calls;
  }

  it('a request gets the tokens of the account, to mask them', async () => {
    const bench = new ProviderBench();
    const calls = noted(bench);
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    await bench.token();
    bench.clock.advance(HOUR);
    await bench.token();
    expect(calls.map(({ secrets }) => secrets)).toEqual([[], ['token-1', 'refresh-1']]);
  });

  it('only a request with a refresh token has a time to be sent', async () => {
    const bench = new ProviderBench();
    const calls = noted(bench);
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    await bench.token();
    bench.clock.advance(HOUR);
    await bench.token();
    const [login, refresh] = calls;
    expect([login?.mayBeSent, refresh?.mayBeSent?.()]).toEqual([undefined, true]);
    expect(refresh!.deadline - bench.clock.monotonic()).toBe(7_500);
  });

  it('the first renewal sends six requests and the next one a single probe', async () => {
    const bench = new ProviderBench({ clock: new HastyClock() });
    bench.source.onAsk = (ask) => ask.fail(unevaluated());
    await rejection(bench.token());
    expect(bench.source.asks).toHaveLength(6);
    bench.clock.advance(1_000);
    await rejection(bench.token());
    expect(bench.source.asks).toHaveLength(7);
  });

  it('a refresh after a failure has half of the time if there is a login', async () => {
    const bench = await withRefreshToken();
    const calls = noted(bench);
    bench.clock.advance(HOUR);
    bench.source.onAsk = (ask) => ask.fail(unevaluated({ code: 'TOKEN_ENDPOINT_UNREACHABLE' }));
    bench.source.refreshPolicy = { evaluations: 1 };
    const first = rejection(bench.token());
    for (let ms = 0; ms < 10_000; ms += 100) {
      await idle();
      bench.clock.advance(100);
    }
    await first;
    calls.length = 0;
    bench.source.onAsk = (ask) => (ask.kind === 'refresh' ? undefined : ask.grant());
    bench.clock.advance(1_000);
    const second = bench.token();
    await idle();
    expect(calls[0]!.deadline - bench.clock.monotonic()).toBe(5_000);
    bench.clock.advance(4_999);
    await idle();
    expect(calls).toHaveLength(1);
    bench.clock.advance(1);
    await second;
    expect([calls[0]!.signal.aborted, calls[0]!.requestSignal.aborted]).toEqual([true, true]);
  });
});

describe('the hook of a renewal', () => {
  it.each<[string, () => Promise<void>, number, string]>([
    ['fails', () => Promise.reject(new RangeError('s3cret')), 0, 'failed (RangeError)'],
    ['hangs', () => new Promise(() => {}), 5_000, 'took longer than 5 s'],
  ])('the event of a hook that %s says why', async (_what, onTokenSet, ms, problem) => {
    const bench = new ProviderBench({ onTokenSet });
    const call = bench.token();
    await idle();
    bench.clock.advance(ms);
    await call;
    expect(bench.events[0]).toEqual({ type: 'hook.failed', provider: 'acme', problem });
  });

  it('the hook does not get a token that another instance has obtained', async () => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore(clock);
    const received: string[] = [];
    const onTokenSet = ({ accessToken }: TokenSet) => void received.push(accessToken);
    const one = new ProviderBench({ clock, store, onTokenSet });
    const other = new ProviderBench({ clock, store, onTokenSet });
    await one.token();
    expect(await other.token()).toBe('token-1');
    expect(received).toEqual(['token-1']);
  });
});

describe('a refresh while the application closes', () => {
  async function closing(parts: ConstructorParameters<typeof ProviderBench>[0]) {
    const bench = await withRefreshToken({ clock: new ManualClock(), ...parts });
    bench.clock.advance(HOUR);
    bench.source.holdAnswers();
    const call = rejection(bench.token());
    await idle();
    let isOver = false;
    const closed = bench.provider.close().then(() => (isOver = true));
    await idle();
    return { bench, call, closed, isOver: () => isOver };
  }

  it('with a hook, the response to a refresh token is awaited for two seconds', async () => {
    const received: (string | undefined)[] = [];
    const onTokenSet = ({ refreshToken }: TokenSet) => void received.push(refreshToken);
    const { bench, call, closed, isOver } = await closing({ onTokenSet });
    expect(await call).toMatchObject({ code: 'SHUTTING_DOWN', provider: 'acme' });
    bench.clock.advance(1_999);
    await idle();
    expect(isOver()).toBe(false);
    bench.source.latest.grant({ refreshToken: 'late' });
    await closed;
    expect(received).toEqual(['refresh-1', 'late']);
  });

  it('with a hook, closing ends after two seconds without a response', async () => {
    const { bench, closed } = await closing({ onTokenSet: () => {} });
    bench.clock.advance(2_000);
    await closed;
    expect([bench.clock.pending, bench.eventTypes()]).toEqual([0, ['token.obtained']]);
  });

  it('closing does not wait for a response that nobody could store', async () => {
    const { bench, closed } = await closing({});
    await closed;
    expect(bench.clock.pending).toBe(0);
  });

  it('calls after closing fail at once and send nothing', async () => {
    const bench = await withRefreshToken();
    Object.assign(bench.source, { revoke: async () => {} });
    await bench.provider.close();
    expect(await bench.token()).toBe('token-1');
    bench.clock.advance(HOUR);
    const { errors } = await settle<unknown>([
      bench.token(),
      bench.provider.renew('token-1'),
      bench.provider.revoke(),
    ]);
    expect(errors).toMatchObject(
      Array.from({ length: 3 }, () => ({ code: 'SHUTTING_DOWN', provider: 'acme' })),
    );
    expect(bench.source.history).toEqual(['login']);
  });
});
