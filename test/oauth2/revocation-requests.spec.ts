import { describe, expect, it } from '@jest/globals';

import { OAuth2ClientError, values } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import { granted, type EndpointOptions } from '../support/endpoint-bench.js';
import { claimsOf, keyPair } from '../support/keys.js';
import {
  AUTH,
  formOf,
  json,
  queryOf,
  ScriptedEndpoint,
  type Script,
} from '../support/scripted-endpoint.js';
import { expectNoSecret } from '../support/secrets.js';

const ACCESS = 'aT7.kQ2xV9.access';
const REFRESH = 'rF4.mW8zB3.refresh';
const PASSWORD: EndpointOptions = {
  grantType: 'password',
  username: 'ama',
  password: 'Hj4+wP9/mN2',
  revocation: '/revoke',
};
const both = () => granted({ access_token: ACCESS, refresh_token: REFRESH });

/** A provider that has logged in and given its tokens back, and what it asked for that. */
async function revoked(options: EndpointOptions, answer: Script = both) {
  const bench = new ScriptedEndpoint({ ...PASSWORD, ...options }, answer);
  await bench.provider.getToken();
  const login = bench.requests.length;
  await bench.provider.revoke();
  return { bench, requests: bench.requests.slice(login) };
}

describe('a revocation of RFC 7009', () => {
  it('a revocation sends the refresh token, then the access token, with their hints', async () => {
    const { requests } = await revoked({});
    expect(requests.map(({ url, method }) => `${method} ${url}`)).toEqual([
      `POST ${AUTH}/revoke`,
      `POST ${AUTH}/revoke`,
    ]);
    expect(requests.map(formOf)).toEqual([
      { token: REFRESH, token_type_hint: 'refresh_token' },
      { token: ACCESS, token_type_hint: 'access_token' },
    ]);
    for (const { headers } of requests) expect(headers['authorization']).toMatch(/^Basic /);
  });

  it('a revocation sends the access token if there is no refresh token', async () => {
    const { requests } = await revoked({}, () => granted({ access_token: ACCESS }));
    expect(requests.map(formOf)).toEqual([{ token: ACCESS, token_type_hint: 'access_token' }]);
  });

  it('a revocation at another host uses a client assertion for that URL', async () => {
    const { requests } = await revoked({
      revocation: 'https://other.acme.example/revoke?v=1',
      clientSecret: undefined,
      clientAuthentication: 'private_key_jwt',
      clientAssertion: { key: keyPair('P-256').privateKey },
    });
    for (const request of requests) {
      expect(request.url).toBe('https://other.acme.example/revoke?v=1');
      expect(claimsOf(formOf(request)['client_assertion']!)['aud']).toBe(request.url);
    }
  });

  it('a revocation carries no parameters of the login', async () => {
    const { requests } = await revoked({ parameters: { audience: 'a' }, scope: 'read' });
    expect(Object.keys(formOf(requests[0]!))).toEqual(['token', 'token_type_hint']);
  });
});

describe("a vendor's own way to end a session", () => {
  it('a custom revocation is one request as the definition says', async () => {
    const { requests } = await revoked({
      revocation: {
        url: ({ subject }) => `/sessions/${subject ?? 'own'}`,
        method: 'DELETE',
        clientAuthentication: 'none',
        headers: { authorization: ({ accessToken }) => `Bearer ${accessToken}` },
        parameters: { also: values.refreshToken },
        query: { at: values.epochSeconds },
      },
    });
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request).toMatchObject({ method: 'DELETE', body: undefined });
    expect(new URL(request!.url).pathname).toBe('/sessions/own');
    expect(request!.headers).toMatchObject({ authorization: `Bearer ${ACCESS}` });
    expect(queryOf(request!)).toMatchObject({ also: REFRESH, client_id: 'acme-client' });
  });
});

describe('a vendor that does not take the tokens back', () => {
  it.each<[string, Script, object]>([
    ['with a fault', () => json({}, 500), { code: 'TOKEN_ENDPOINT_UNAVAILABLE', retryable: true }],
    [
      'with a refusal',
      () => json({ error: 'unsupported_token_type' }, 400),
      { code: 'TOKEN_REQUEST_REJECTED', error: 'unsupported_token_type' },
    ],
    [
      'quoting them',
      ({ body }) => json({ error: 'x', error_description: body }, 400),
      { error: 'x' },
    ],
  ])(
    'a revocation that is answered %s fails, and the tokens are forgotten',
    async (_what, answer, expected) => {
      const bench = new ScriptedEndpoint(PASSWORD, (request) =>
        request.url.endsWith('/token') ? both() : answer(request),
      );
      await bench.provider.getToken();
      const error = await rejection(bench.provider.revoke());
      expect(error).toBeInstanceOf(OAuth2ClientError);
      expect(error).toMatchObject({ ...expected, provider: 'acme' });
      expectNoSecret([error, bench.events], [ACCESS, REFRESH]);
      expect(bench.provider.status()).toMatchObject({ token: 'none', failures: 0, retryAfter: 0 });
      expect(bench.events.at(-1)).toMatchObject({ type: 'revocation.failed', provider: 'acme' });
      await bench.provider.getToken();
      expect(formOf(bench.latest)).toMatchObject({ grant_type: 'password' });
    },
  );

  it('a revocation fails by a member of its response', async () => {
    const answer: Script = ({ url }) => (url.endsWith('/token') ? both() : json({ error: 'no' }));
    expect(await rejection(revoked({}, answer))).toMatchObject({ error: 'no', status: 200 });
  });
});
