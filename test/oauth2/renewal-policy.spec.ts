import { describe, expect, it } from '@jest/globals';

import { TransportError, type TransportResponse } from '../../lib/oauth2/transport.js';
import type { EndpointOptions } from '../support/endpoint-bench.js';
import { idle } from '../support/provider-bench.js';
import { formOf, json, ScriptedEndpoint } from '../support/scripted-endpoint.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** Seconds that a token lives. */
const LIFE = 600;

type Response = Partial<TransportResponse> | TransportError;

function page(status: number, type = 'text/html'): Response {
  return { status, headers: { 'content-type': type }, body: '<h1>No</h1>' };
}

function withHeaders(response: Response, headers: Record<string, string>): Response {
  return { ...(response as Partial<TransportResponse>), headers };
}

/** The request may succeed soon: it is repeated, and the next attempt is due within 30 s. */
const PASSES: readonly (readonly [string, Response])[] = [
  ['500 with JSON', json({ error: 'unknown_error' }, 500)],
  ['500 with nothing', { status: 500 }],
  ['502 with a page', page(502)],
  ['503 without Retry-After', { status: 503 }],
  ['504', { status: 504 }],
  ['408', { status: 408 }],
  ['425', { status: 425 }],
  ['400 temporarily_unavailable', json({ error: 'temporarily_unavailable' }, 400)],
  ['400 server_error', json({ error: 'server_error' }, 400)],
  ['200 with nothing', { status: 200 }],
  ['200 with a page', page(200)],
];

/** It may succeed soon, and a login would meet the same. */
const LIMITED: readonly (readonly [string, Response])[] = [
  ['a refused connection', new TransportError('ECONNREFUSED', 'refused')],
  ['a connection that is lost', new TransportError('ECONNRESET', 'reset')],
  ['429', { status: 429 }],
  ['503 with Retry-After', withHeaders({ status: 503 }, { 'retry-after': '5' })],
  ['403 with Retry-After', withHeaders(json({}, 403), { 'retry-after': '5' })],
  [
    '403 with X-RateLimit-Remaining: 0',
    withHeaders(json({}, 403), { 'x-ratelimit-remaining': '0' }),
  ],
];

/** It will not succeed soon, and says nothing against the refresh token. */
const ODD: readonly (readonly [string, Response])[] = [
  ['200 with JSON and no token', json({ ok: true })],
  ['200 with a throttling text', json({ error: 'Access Denied', error_description: 'Too many.' })],
  ['302', { status: 302, headers: { location: 'https://status.acme.example/' } }],
  ['400 with plain text', page(400, 'text/plain')],
  ['400 with JSON and no error', json({ message: 'no' }, 400)],
  ['400 invalid_request', json({ error: 'invalid_request' }, 400)],
  ['400 invalid_scope', json({ error: 'invalid_scope' }, 400)],
  ['400 unsupported_grant_type', json({ error: 'unsupported_grant_type' }, 400)],
  ['401 invalid_client', json({ error: 'invalid_client' }, 401)],
  ['401 invalid_token', json({ error: 'invalid_token' }, 401)],
  ['401 with nothing', { status: 401 }],
  ['403 access_denied', json({ error: 'access_denied' }, 403)],
  ["403 of a gateway's JSON", json({ message: 'Forbidden' }, 403)],
  ['403 with a page', page(403)],
  ['404 with a page', page(404)],
  ['404 with JSON', json({ message: 'no route' }, 404)],
  ['405', json({ message: 'Method not allowed' }, 405)],
  ['410', { status: 410 }],
  ['413', json({ message: 'Too large' }, 413)],
];

/** It is evidence against the refresh token. */
const REFUSED: readonly (readonly [string, Response])[] = [
  ['400 invalid_grant', json({ error: 'invalid_grant' }, 400)],
  ['401 invalid_grant', json({ error: 'invalid_grant' }, 401)],
  ['200 invalid_grant', json({ error: 'invalid_grant' })],
  ['a code that the definition declares as credentials', json({ error: 'E42' }, 422)],
];

const PASSWORD: EndpointOptions = {
  grantType: 'password',
  clientAuthentication: 'client_secret_post',
  username: 'ama@example.com',
  password: 'correct horse battery',
};
const UNDOCUMENTED: EndpointOptions = { ...PASSWORD, refresh: 'undocumented' };
const REFRESH_ONLY: EndpointOptions = { grantType: 'refresh_token', refreshToken: 'refresh-0' };

/**
 * An hour in which every refresh is answered like this and every login works, with a call every ten
 * seconds, after a token that the vendor has granted.
 */
async function hourOf(options: EndpointOptions, response: Response) {
  let isIll = false;
  let isRefreshed = false;
  const bench: ScriptedEndpoint = new ScriptedEndpoint(
    { ...options, response: { errors: { E42: 'credentials' } } },
    (request) => {
      const isRefresh = formOf(request)['grant_type'] === 'refresh_token';
      if (isRefresh && isIll) {
        isRefreshed = true;
        return response instanceof TransportError ? Promise.reject(response) : response;
      }
      const number = bench.requests.length;
      return json({
        access_token: `token-${number}`,
        token_type: 'Bearer',
        expires_in: LIFE,
        refresh_token: `refresh-${number}`,
      });
    },
  );
  const { clock, provider, requests } = bench;
  const served = () => provider.getToken().then(Boolean, () => false);
  await served();
  isIll = true;
  const before = requests.length;
  const end = clock.monotonic() + HOUR;
  let calls = 0;
  let successes = 0;
  let renewals = 0;
  while (clock.monotonic() < end) {
    isRefreshed = false;
    calls++;
    if (await served()) successes++;
    await new Promise(setImmediate); // a renewal in the background
    if (isRefreshed) renewals++;
    clock.advance(10 * SECOND);
  }
  const asked = requests.slice(before).map(formOf);
  const logins = asked.filter((form) => form['grant_type'] === 'password').length;
  const sent = new Set(asked.map((form) => form['refresh_token']).filter(Boolean));
  const failure: unknown = await provider.getToken().catch((error: unknown) => error);
  isIll = false;
  const recoveredAfter = await secondsUntil(bench, served);
  return { served: successes / calls, logins, renewals, sent, failure, recoveredAfter };
}

async function secondsUntil({ clock }: ScriptedEndpoint, served: () => Promise<boolean>) {
  for (let seconds = 0; seconds <= 3_600; seconds += 10) {
    if (await served()) return seconds;
    clock.advance(10 * SECOND);
  }
  return Infinity;
}

describe('an account that can log in', () => {
  it.each([...PASSES, ...LIMITED, ...ODD, ...REFUSED])(
    'serves every call of an hour although each refresh is answered with %s',
    async (_what, response) => {
      const { served, logins } = await hourOf(PASSWORD, response);
      expect(served).toBe(1);
      expect(logins).toBeGreaterThanOrEqual(6);
      expect(logins).toBeLessThanOrEqual(8);
    },
  );

  it.each([...PASSES, ...LIMITED, ...ODD, ...REFUSED])(
    'whose refresh is not documented ends refreshing after the first answer of %s',
    async (_what, response) => {
      const { served, logins, renewals } = await hourOf(UNDOCUMENTED, response);
      expect(served).toBe(1);
      expect(logins).toBeGreaterThanOrEqual(6);
      expect(logins).toBeLessThanOrEqual(8);
      expect(renewals).toBeLessThanOrEqual(2);
    },
  );
});

describe('an account that has only a refresh token', () => {
  it.each([...PASSES, ...LIMITED])(
    'keeps it, tries every 30 s, and serves as soon as %s is over',
    async (_what, response) => {
      const { renewals, sent, failure, recoveredAfter } = await hourOf(REFRESH_ONLY, response);
      expect(renewals).toBeGreaterThanOrEqual(80);
      expect(renewals).toBeLessThanOrEqual(130);
      expect(sent.size).toBe(1);
      expect(failure).toMatchObject({ retryable: true });
      expect(recoveredAfter).toBeLessThanOrEqual(30);
    },
  );

  it.each(ODD)(
    'keeps it, tries every five minutes, and serves again after %s',
    async (_what, response) => {
      const { renewals, sent, failure, recoveredAfter } = await hourOf(REFRESH_ONLY, response);
      expect(renewals).toBeGreaterThanOrEqual(15);
      expect(renewals).toBeLessThanOrEqual(20);
      expect(sent.size).toBe(1);
      expect(failure).not.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
      const { status } = response as Partial<TransportResponse>;
      expect(failure).toMatchObject({ status, reason: expect.stringContaining(String(status)) });
      expect((failure as Error).message).toMatch(/The next attempt is due in \d+ s\./);
      expect(recoveredAfter).toBeLessThanOrEqual(300);
    },
  );

  it.each(REFUSED)(
    'asks for a new consent after %s, and tries the old token ever more rarely',
    async (_what, response) => {
      const { renewals, sent, failure, recoveredAfter } = await hourOf(REFRESH_ONLY, response);
      expect(renewals).toBeGreaterThanOrEqual(6);
      expect(renewals).toBeLessThanOrEqual(8);
      expect(sent.size).toBe(1);
      expect(failure).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
      expect(recoveredAfter).toBeLessThanOrEqual(3_600);
    },
  );
});

describe('a response that is of no use but for its refresh token', () => {
  it.each<[string, object, EndpointOptions]>([
    ['another token_type', { token_type: 'mac' }, {}],
    ['a missing scope', { scope: 'read' }, { requiredScope: 'write' }],
    ['no access token', { access_token: undefined }, {}],
  ])(
    'a failed response still leaves the refresh token that came with %s',
    async (_what, members, options) => {
      const bench: ScriptedEndpoint = new ScriptedEndpoint({ ...REFRESH_ONLY, ...options }, () =>
        json({
          access_token: 'token',
          token_type: 'Bearer',
          scope: 'read write',
          expires_in: LIFE,
          refresh_token: `refresh-${bench.requests.length}`,
          ...(bench.requests.length === 1 && members),
        }),
      );
      await expect(bench.provider.getToken()).rejects.toMatchObject({
        code: 'TOKEN_RESPONSE_INVALID',
      });
      expect(bench.provider.peek()).toBeUndefined();
      bench.clock.advance(SECOND);
      await bench.provider.getToken();
      const sent = bench.requests.map((request) => formOf(request)['refresh_token']);
      expect(sent).toEqual(['refresh-0', 'refresh-1']);
    },
  );

  it('a failed response leaves each account of a family its own access token', async () => {
    const bench: ScriptedEndpoint = new ScriptedEndpoint(REFRESH_ONLY, () =>
      json({
        access_token: `token-${bench.requests.length}`,
        token_type: bench.requests.length > 2 ? 'mac' : 'Bearer',
        expires_in: LIFE,
        refresh_token: `refresh-${bench.requests.length}`,
      }),
    );
    const { provider, clock } = bench;
    const [ama, kofi] = [{ subject: 'ama' }, { subject: 'kofi' }];
    const before = await provider.getToken(ama);
    await provider.getToken(kofi);
    clock.advance(LIFE * SECOND * 0.9);
    await provider.getToken(ama); // is stale, and renewed in the background
    while (provider.status(ama).renewing) await idle();
    expect(provider.status(ama)).toMatchObject({ failures: 1, token: 'stale' });
    expect(provider.peek(ama)).toMatchObject({
      accessToken: 'token-1',
      expiresAt: before.expiresAt,
      refreshToken: 'refresh-3',
    });
  });
});
