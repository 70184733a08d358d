import { describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import { accessTokenOf } from '../../lib/lifecycle/rejected-tokens.js';
import {
  heldElsewhere,
  named,
  reauthenticationRequired,
  shuttingDown,
  timedOut,
} from '../../lib/lifecycle/renewal-failures.js';
import { cannotRevoke } from '../../lib/lifecycle/revocation.js';
import { TokenSet } from '../../lib/core/token-set.js';
import { rejection } from '../support/collect.js';
import { permanent } from '../support/failures.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const TIMEOUT = 'TOKEN_REQUEST_TIMEOUT';

describe('the failures of a renewal', () => {
  it('a late token endpoint is a temporary failure with its place and the deadline', () => {
    const error = timedOut(2_000, 'token request', 'auth.example');
    expect(error).toMatchObject({ code: TIMEOUT, stage: 'token request', retryable: true });
    expect(error.evaluated).toBe(true);
    expect(error.message).toBe(
      'No token within the deadline of 2000 ms: auth.example did not answer in time. Check `tokenEndpoint`, and whether a firewall or a proxy blocks requests to it. `deadline` sets how long a renewal may take.',
    );
  });

  it('a source without a place is called the token endpoint', () => {
    expect(timedOut(5, 'token request').reason).toContain('the token endpoint did not');
  });

  it('late credential functions are a temporary failure that no server evaluated', () => {
    const error = timedOut(2_000, 'credentials', 'auth.example');
    expect(error).toMatchObject({ code: TIMEOUT, stage: 'credentials', retryable: true });
    expect(error.evaluated).toBe(false);
    expect(error.message).toBe(
      'No token within the deadline of 2000 ms: the credential functions did not answer in time. Check the service that the credential functions ask. `deadline` sets how long a renewal may take.',
    );
  });

  it('a lock that another instance holds is a temporary failure that no server evaluated', () => {
    const error = heldElsewhere(2_000);
    expect(error).toMatchObject({ code: TIMEOUT, stage: 'token request', retryable: true });
    expect(error.evaluated).toBe(false);
    expect(error.message).toBe(
      'Another instance is renewing the token and has not written one to the shared store within the deadline of 2000 ms. Try again. If that instance has died, its lock ends some seconds later, and the next call renews the token.',
    );
  });

  it('a closed application is a temporary failure that no server evaluated', () => {
    const error = shuttingDown('acme');
    expect(error).toMatchObject({ code: 'SHUTTING_DOWN', stage: 'token request', retryable: true });
    expect(error.evaluated).toBe(false);
    expect(error.message).toBe(
      '[acme] The application is shutting down, so it requests no tokens. Repeat the call in another instance, or let it finish before `app.close()`.',
    );
  });

  it('an unexpected error is a temporary failure that names only its class', () => {
    const error = named(new RangeError('s3cret'), 'acme');
    expect(error).toMatchObject({
      code: 'TOKEN_REQUEST_REJECTED',
      stage: 'token request',
      retryable: true,
    });
    expect(error.message).toBe(
      '[acme] The token request failed unexpectedly (RangeError). Please report this to the maintainers of nestjs-oauth2-client, with the name of the provider.',
    );
  });

  it('a failure of this package gets the name of its provider once', () => {
    const failure = heldElsewhere(2_000);
    const own = named(failure, 'acme');
    expect(own.provider).toBe('acme');
    expect(own.message).toBe(`[acme] ${failure.message}`);
    expect(named(own, 'other')).toBe(own);
  });

  it('an account without a refresh token and a login needs a new consent', () => {
    const error = reauthenticationRequired(undefined);
    expect(error).toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
      stage: 'token request',
      grantRefused: true,
      retryable: false,
    });
    expect(error.message).toBe(
      'No unused refresh token is left, and there is no other grant to log in with. Obtain a new refresh token and configure it as `refreshToken`.',
    );
  });

  it('a refused refresh token has the facts of the refusal', () => {
    const refusal = permanent({ errorDescription: 'gone', retryAfter: 9 });
    const error = reauthenticationRequired(refusal);
    const { status, error: code, errorDescription, retryAfter } = refusal;
    expect(error).toMatchObject({ status, error: code, errorDescription, retryAfter });
    expect(error.cause).toBe(refusal);
    expect(error.reason).toBe(
      'The authorization server refused the refresh token: The token endpoint answered 400 (invalid_grant). There is no other grant to log in with.',
    );
    expect(reauthenticationRequired(refusal, true).reason).toBe(
      'The authorization server refused the refresh token: The token endpoint answered 400 (invalid_grant). An instance that died during a renewal may have used it, and its successor is lost. There is no other grant to log in with.',
    );
  });
});

describe('the errors of a renewal that ends with its deadline', () => {
  it.each([
    ['token request', 'auth.example did not answer', () => {}],
    ['credentials', 'the credential functions did not answer', () => new Promise<void>(() => {})],
  ] as const)('a renewal that is late in the stage %s says so: %s', async (stage, text, hang) => {
    const bench = new ProviderBench({ deadline: 2_000 });
    Object.assign(bench.source, { place: 'auth.example' });
    bench.source.onPrepare = hang;
    bench.source.holdAnswers();
    const call = rejection(bench.token());
    await idle();
    bench.clock.advance(1_999);
    await idle();
    expect(bench.events).toEqual([]);
    bench.clock.advance(1);
    const error = (await call) as OAuth2ClientError;
    expect(error).toMatchObject({ code: TIMEOUT, stage });
    expect(error.reason).toContain(`the deadline of 2000 ms: ${text}`);
  });

  it('a refresh that is late says half of the deadline if a login follows', async () => {
    const bench = new ProviderBench({ clock: new ManualClock(), deadline: 10_000 });
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    await bench.token();
    bench.clock.advance(3_600_000);
    bench.source.onAsk = (ask) => ask.fail(permanent({ grantRefused: false }));
    await rejection(bench.token());
    bench.source.onAsk = (ask) => (ask.kind === 'refresh' ? undefined : ask.grant());
    bench.clock.advance(30_000);
    const call = bench.token();
    await idle();
    bench.clock.advance(5_000);
    await call;
    const failed = bench.events.find((event) => event.type === 'refresh.failed');
    expect(failed).toMatchObject({
      error: { code: TIMEOUT, reason: expect.stringContaining('the deadline of 5000 ms') },
    });
  });
});

describe('the checks of other calls', () => {
  it('`revoke` without `revocation` is an error that names both ways out', () => {
    expect(cannotRevoke('acme').message).toBe(
      '[acme] The definition has no `revocation`, so its tokens cannot be revoked. Add `revocation` to the definition, or call `invalidate()` to forget the token here.',
    );
  });

  it('a rejected token is a text or a token set', () => {
    const set = new TokenSet({ accessToken: 'access', expiresAt: 0 });
    expect([accessTokenOf('acme', 'text'), accessTokenOf('acme', set)]).toEqual(['text', 'access']);
  });

  it.each([undefined, '', {}, 5])('a rejected token of %j is an error', (token) => {
    expect(() => accessTokenOf('acme', token as string)).toThrow(
      '[acme] `renew()` was called without the token that the API has rejected. Pass the token set or the access token that was sent as the first argument. To discard the current token, call `invalidate()`.',
    );
  });
});
