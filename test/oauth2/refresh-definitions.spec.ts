import { describe, expect, it } from '@jest/globals';

import { values } from '../../lib/index.js';
import { type RefreshDefinition } from '../../lib/define.js';
import type { TransportResponse, TransportRequest } from '../../lib/oauth2/transport.js';
import { granted, type EndpointOptions } from '../support/endpoint-bench.js';
import { keyPair, claimsOf } from '../support/keys.js';
import {
  AUTH,
  CUSTOM,
  formOf,
  json,
  queryOf,
  ScriptedEndpoint,
} from '../support/scripted-endpoint.js';

const PASSWORD: EndpointOptions = { grantType: 'password', username: 'ama', password: 'p' };
const LOGIN: EndpointOptions = {
  ...CUSTOM,
  credentials: { apiKey: 'the-key-of-acme' },
  parameters: { api_key: values.credential('apiKey'), step: 'login' },
  query: { login: 1 },
  headers: { 'x-tenant': 't' },
};

/** The request that renews a first token which has the refresh token `refresh-1`. */
async function refreshed(options: EndpointOptions): Promise<TransportRequest> {
  const bench = new ScriptedEndpoint(options, numbered);
  await bench.provider.getToken();
  bench.clock.advance(60_000);
  await bench.provider.getToken();
  expect(bench.requests).toHaveLength(2);
  return bench.latest;

  function numbered(): Partial<TransportResponse> {
    const n = bench.requests.length;
    const tokens = { access_token: `access-${n}`, refresh_token: `refresh-${n}` };
    return granted({ ...tokens, expires_in: 60 });
  }
}

describe('a refresh', () => {
  it('a refresh may have its own URL, parameters, headers and method', async () => {
    const request = await refreshed({
      ...PASSWORD,
      refresh: {
        url: '/session/renew?v=2',
        method: 'PUT',
        encoding: 'json',
        grantType: 'custom',
        clientAuthentication: 'none',
        parameters: { renewal: { old: values.accessToken, by: values.refreshToken } },
        headers: { 'x-old': values.accessToken },
        query: { at: () => 'once' },
      },
    });
    expect(request.url).toBe(`${AUTH}/session/renew?v=2&at=once`);
    expect(request.method).toBe('PUT');
    expect(JSON.parse(request.body as string)).toEqual({
      client_id: 'acme-client',
      renewal: { old: 'access-1', by: 'refresh-1' },
    });
    expect(request.headers).toMatchObject({ 'x-old': 'access-1' });
    expect(request.headers).not.toHaveProperty('authorization');
  });

  it('a refresh may have a computed URL and another client authentication', async () => {
    const { privateKey } = keyPair('P-256');
    const request = await refreshed({
      ...PASSWORD,
      clientAssertion: { key: privateKey },
      refresh: {
        url: ({ subject, credentials }) => `/renew/${credentials['username']}/${subject ?? '-'}`,
        clientAuthentication: 'private_key_jwt',
      },
    });
    expect(request.url).toBe(`${AUTH}/renew/ama/-`);
    const { client_assertion: assertion, ...form } = formOf(request);
    expect(form).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'refresh-1' });
    expect(claimsOf(assertion!)['aud']).toBe(request.url);
    expect(form).not.toHaveProperty('password');
  });

  it('a refresh takes everything else from the login except its credentials', async () => {
    const request = await refreshed({
      ...PASSWORD,
      method: 'PUT',
      encoding: 'json',
      parameters: { audience: 'a' },
      query: { v: 1 },
      headers: { 'x-tenant': 't' },
      sign: ({ body }) => ({ headers: { 'x-length': String(body?.length) } }),
    });
    const body = request.body as string;
    expect(JSON.parse(body)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
      audience: 'a',
    });
    expect([request.method, queryOf(request)]).toEqual(['PUT', { v: '1' }]);
    expect(request.headers).toMatchObject({ 'x-tenant': 't', 'x-length': String(body.length) });
  });

  it('a refresh of a custom login carries nothing of that login', async () => {
    for (const refresh of ['standard', 'undocumented', {}] as const) {
      const request = await refreshed({ ...LOGIN, refresh });
      expect(formOf(request)).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh-1' });
      expect(queryOf(request)).toEqual({});
      expect(request.headers).toMatchObject({ 'x-tenant': 't' });
    }
  });

  it('a refresh of a custom login may be custom, too', async () => {
    const refresh: RefreshDefinition = {
      grantType: 'custom',
      parameters: {
        api_key: values.credential('apiKey'),
        step: 'renew',
        token: values.refreshToken,
      },
    };
    const form = formOf(await refreshed({ ...LOGIN, scope: 'read', refresh }));
    expect(form).toEqual({ api_key: 'the-key-of-acme', step: 'renew', token: 'refresh-1' });
  });
});

describe('the scope that a renewal asks for', () => {
  it('a refresh asks for no scope if there is a login', async () => {
    expect(formOf(await refreshed({ ...PASSWORD, scope: 'read' }))).not.toHaveProperty('scope');
  });

  it('a refresh asks for the scope of the definition if there is no login', async () => {
    const options = { grantType: 'refresh_token', refreshToken: 'r', scope: 'read' } as const;
    expect(formOf(await refreshed(options))).toHaveProperty('scope', 'read');
  });
});

describe('how often a token is refreshed', () => {
  /** `login` and `refresh`, as they were asked for in six lives. */
  async function lives(
    refresh: EndpointOptions['refresh'],
    answer: (n: number, isRefresh: boolean) => Partial<TransportResponse>,
    options: EndpointOptions = PASSWORD,
  ): Promise<string[]> {
    const kind = (request: TransportRequest) =>
      formOf(request)['grant_type'] === 'refresh_token' ? 'refresh' : 'login';
    const bench: ScriptedEndpoint = new ScriptedEndpoint({ ...options, refresh }, (request) =>
      answer(bench.requests.length, kind(request) === 'refresh'),
    );
    for (let life = 0; life < 6; life++) {
      await bench.provider.getToken();
      bench.clock.advance(60_000);
    }
    return bench.requests.map(kind);
  }
  const always = (n: number) => granted({ refresh_token: `r-${n}`, expires_in: 60 });
  const refusing = (n: number, isRefresh: boolean) =>
    isRefresh ? json({ error: 'invalid_grant' }, 400) : always(n);
  const [l, r] = ['login', 'refresh'];

  it.each([
    ['without a limit', 'standard', [l, r, r, r, r, r]],
    ['with a limit of two', { limit: 2 }, [l, r, r, l, r, r]],
    ['with a limit of one', { limit: 1 }, [l, r, l, r, l, r]],
    ['never', 'never', [l, l, l, l, l, l]],
  ] as const)('is as the definition says: %s', async (_what, refresh, expected) => {
    expect(await lives(refresh, always)).toEqual(expected);
  });

  it('a refresh without a new refresh token keeps the old one, and the limit counts it', async () => {
    const once = (n: number) => granted({ expires_in: 60, ...(n === 1 && { refresh_token: 'r' }) });
    expect(await lives('standard', once)).toEqual([l, r, r, r, r, r]);
    expect(await lives({ limit: 2 }, once)).toEqual([l, r, r, l, l, l]);
  });

  it('an undocumented refresh that is refused is not repeated', async () => {
    for (const refresh of ['undocumented', { undocumented: true }] as const) {
      expect(await lives(refresh, refusing)).toEqual([l, r, l, l, l, l, l]);
    }
    const documented = [l, ...Array.from({ length: 5 }, () => [r, l]).flat()];
    expect(await lives({}, refusing)).toEqual(documented);
  });

  it('grants without refresh tokens do not refresh unless the definition says so', async () => {
    const client = { grantType: 'client_credentials' } as const;
    expect(await lives(undefined, always, client)).toEqual([l, l, l, l, l, l]);
    expect(await lives('standard', always, client)).toEqual([l, r, r, r, r, r]);
  });

  it('a custom grant does not refresh unless the definition says how', async () => {
    expect(await lives(undefined, always, LOGIN)).toEqual([l, l, l, l, l, l]);
    expect(await lives('standard', always, LOGIN)).toEqual([l, r, r, r, r, r]);
  });

  it('assertion grants and token exchange refresh, too', async () => {
    const { privateKey } = keyPair('P-256');
    const others: EndpointOptions[] = [
      {
        grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: { key: privateKey },
      },
      { grantType: 'urn:ietf:params:oauth:grant-type:token-exchange', subjectToken: 's' },
    ];
    for (const options of others) {
      expect(await lives(undefined, always, options)).toEqual([l, r, r, r, r, r]);
    }
  });
});
