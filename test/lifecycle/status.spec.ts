import { describe, expect, it } from '@jest/globals';

import { settle } from '../support/collect.js';
import { permanent } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';
import { expectNoSecret } from '../support/secrets.js';

const CALM = {
  provider: 'acme',
  renewing: false,
  failures: 0,
  errorCode: undefined,
  error: undefined,
  retryAfter: 0,
};

describe('the status of a provider', () => {
  it('the status before the first call shows no token and requests none', async () => {
    const bench = new ProviderBench();
    expect(bench.provider.status()).toEqual({
      ...CALM,
      state: 'unknown',
      token: 'none',
      expiresAt: undefined,
    });
    expect(bench.provider.peek()).toBeUndefined();
    await idle();
    expect(bench.source.asks).toHaveLength(0);
  });

  it('the status follows a token through its life and starts no renewal', async () => {
    const bench = new ProviderBench();
    const expiresAt = bench.clock.now() + 3_600_000;
    await bench.token();
    const seen = [0, 3_480_000, 115_000].map((ms) => {
      bench.clock.advance(ms);
      return bench.provider.status();
    });
    expect(seen).toEqual([
      { ...CALM, state: 'up', token: 'fresh', expiresAt },
      { ...CALM, state: 'up', token: 'stale', expiresAt },
      { ...CALM, state: 'unknown', token: 'expired', expiresAt },
    ]);
    await idle();
    expect(bench.source.asks).toHaveLength(1);
  });

  it('the status shows a renewal in progress', async () => {
    const bench = new ProviderBench();
    bench.source.holdAnswers();
    const waiting = bench.token();
    await idle();
    expect(bench.provider.status()).toMatchObject({ renewing: true, token: 'none' });
    bench.source.latest.grant();
    await waiting;
    expect(bench.provider.status()).toMatchObject({ renewing: false, token: 'fresh' });
  });

  it('the status shows the failures, the last error and the seconds until the next attempt', async () => {
    const bench = new ProviderBench();
    const failure = permanent();
    bench.source.onAsk = (ask) => ask.fail(failure);
    await settle([bench.token()]);
    bench.clock.advance(10_000);
    expect(bench.provider.status()).toMatchObject({ failures: 1, retryAfter: 20 });
    expect(bench.provider.status().error).toBe(failure);
    bench.clock.advance(20_000);
    expect(bench.provider.status()).toMatchObject({ failures: 1, retryAfter: 0 });
  });

  it('the status and the error of a call show the same retryAfter', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    await settle([bench.token()]);
    bench.clock.advance(9_500);
    const { errors } = await settle([bench.token()]);
    expect(errors).toEqual([expect.objectContaining({ retryAfter: 21 })]);
    expect(bench.provider.status().retryAfter).toBe(21);
  });

  it('the status shows no failure after a success', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => (ask.number === 1 ? ask.fail(permanent()) : ask.grant());
    await settle([bench.token()]);
    bench.clock.advance(30_000);
    await bench.token();
    expect(bench.provider.status()).toMatchObject({ ...CALM, token: 'fresh' });
  });

  it('each account has its own status', async () => {
    const bench = new ProviderBench();
    await bench.token({ subject: 'ama' });
    expect(bench.provider.status({ subject: 'ama' }).token).toBe('fresh');
    expect(bench.provider.status({ subject: 'kofi' }).token).toBe('none');
    expect(bench.provider.status().token).toBe('none');
  });
});

describe('the events of a provider', () => {
  it('events report what happens to tokens, in order', async () => {
    const bench = new ProviderBench();
    const [start, failure] = [bench.clock.now(), permanent()];
    bench.source.onAsk = (ask) => (ask.number === 2 ? ask.fail(failure) : ask.grant());
    await bench.token();
    bench.clock.advance(3_500_000);
    await bench.token();
    await idle();
    bench.clock.advance(60_000);
    await bench.token();
    await idle();
    expect(bench.events).toEqual([
      {
        type: 'token.obtained',
        provider: 'acme',
        by: 'login',
        reason: 'first',
        durationMs: 0,
        expiresAt: start + 3_600_000,
      },
      {
        type: 'account.connected',
        provider: 'acme',
        by: 'login',
        expiresAt: start + 3_600_000,
        lifetime: undefined,
        hasRefreshToken: false,
        isRenewable: true,
        missingScope: [],
      },
      {
        type: 'token.failed',
        provider: 'acme',
        error: failure,
        reason: 'stale',
        durationMs: 0,
        retryAfter: 30,
        serving: true,
        isRepeated: false,
      },
      {
        type: 'token.obtained',
        provider: 'acme',
        by: 'login',
        reason: 'stale',
        durationMs: 0,
        expiresAt: start + 3_560_000 + 3_600_000,
        after: { seconds: 60, renewals: 1, calls: 0 },
      },
    ]);
  });
});

describe('a provider in a log', () => {
  it('a provider shows its name and no secret in a log', async () => {
    const bench = new ProviderBench();
    const secrets = ['secret-access-token-value', 'secret-refresh-token-value'] as const;
    bench.source.onAsk = (ask) =>
      ask.grant({ accessToken: secrets[0], refreshToken: secrets[1], extra: { id: secrets[0] } });
    await bench.token();
    expect(JSON.stringify(bench.provider)).toBe('{"name":"acme"}');
    expectNoSecret(bench.provider, secrets);
    expectNoSecret(bench.provider.status(), secrets);
    expectNoSecret(bench.events, secrets);
  });
});
