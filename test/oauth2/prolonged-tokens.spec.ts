import { describe, expect, it } from '@jest/globals';

import { values } from '../../lib/index.js';
import { granted, type EndpointOptions } from '../support/endpoint-bench.js';
import {
  CUSTOM,
  formOf,
  json,
  ScriptedEndpoint,
  type Script,
} from '../support/scripted-endpoint.js';

const PROLONGED: EndpointOptions = {
  ...CUSTOM,
  refresh: {
    url: '/keepalive',
    grantType: 'custom',
    encoding: 'none',
    headers: { 'x-session': values.accessToken },
    prolongs: true,
  },
};

/** A vendor that issues numbered tokens for a minute, and answers keepalives as a test says. */
function vendor(keepalive: Script, options: EndpointOptions = PROLONGED) {
  let issued = 0;
  return new ScriptedEndpoint(options, (request) =>
    request.url.endsWith('/token')
      ? granted({ access_token: `token-${++issued}`, expires_in: 60 })
      : keepalive(request),
  );
}

describe('a token that a renewal prolongs', () => {
  it.each<[string, Script, number]>([
    ['a new lifetime', () => json({ expires_in: 90 }), 90],
    ['no body', () => ({ status: 204 }), 300],
    ['an empty token', () => json({ access_token: '', expires_in: 90 }), 90],
  ])('a prolonged token lives on after a response with %s', async (_what, answer, seconds) => {
    const bench = vendor(answer);
    await bench.provider.getToken();
    bench.clock.advance(60_000);
    const tokens = await bench.provider.getToken();
    expect(tokens.accessToken).toBe('token-1');
    expect(tokens.expiresAt).toBe(bench.clock.now() + seconds * 1_000);
    expect(bench.paths).toEqual(['/token', '/keepalive']);
    expect(bench.latest.headers).toMatchObject({ 'x-session': 'token-1' });
  });

  it('a token is prolonged repeatedly', async () => {
    const bench = vendor(() => json({ expires_in: 60 }));
    for (let i = 0; i < 4; i++) {
      expect((await bench.provider.getToken()).accessToken).toBe('token-1');
      bench.clock.advance(60_000);
    }
    expect(bench.paths).toEqual(['/token', '/keepalive', '/keepalive', '/keepalive']);
  });

  it('a login replaces a token that the vendor refuses to prolong', async () => {
    const bench = vendor(() => json({ error: 'gone' }, 404));
    await bench.provider.getToken();
    bench.clock.advance(60_000);
    expect((await bench.provider.getToken()).accessToken).toBe('token-2');
  });

  it('a new token in the response replaces the prolonged one', async () => {
    const bench = vendor(() => granted({ access_token: 'other' }));
    await bench.provider.getToken();
    bench.clock.advance(60_000);
    expect((await bench.provider.getToken()).accessToken).toBe('other');
  });

  it('a prolonged token is revoked once', async () => {
    const bench = vendor(() => json({}), { ...PROLONGED, revocation: '/revoke' });
    await bench.provider.getToken();
    await bench.provider.revoke();
    expect(bench.requests.slice(1).map(formOf)).toEqual([
      { token: 'token-1', token_type_hint: 'access_token' },
    ]);
  });

  it('a prolonged token is renewed by a refresh token if there is one', async () => {
    const bench = new ScriptedEndpoint(
      {
        ...PROLONGED,
        refresh: {
          grantType: 'custom',
          url: '/keepalive',
          parameters: { rt: values.refreshToken },
          prolongs: true,
        },
      },
      ({ url }) =>
        url.endsWith('/token') ? granted({ refresh_token: 'r', expires_in: 60 }) : json({}),
    );
    await bench.provider.getToken();
    bench.clock.advance(60_000);
    const { accessToken, refreshToken } = await bench.provider.getToken();
    expect([accessToken, refreshToken]).toEqual(['token', 'r']);
    expect(formOf(bench.latest)).toEqual({ rt: 'r' });
  });
});
