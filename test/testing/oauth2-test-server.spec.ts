import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { faults, OAuth2TestServer, type TestResponse } from 'nestjs-oauth2-client/testing';

import { acme, CLIENT_SECRET } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { KitApp } from './kit-app.js';

const HOUR = 3_600_000;

let server: OAuth2TestServer;
let app: KitApp | undefined;

beforeEach(async () => void (server = await OAuth2TestServer.start()));
afterEach(async () => {
  await app?.close();
  app = undefined;
  await server.close();
});

const start = async (definition: Readonly<Record<string, unknown>> = {}) =>
  (app = await KitApp.start({ providers: [acme(server, definition)] }));

/** In the place of the server that `beforeEach` has started. */
async function restart(options: Parameters<typeof OAuth2TestServer.start>[0]): Promise<void> {
  await server.close();
  server = await OAuth2TestServer.start(options);
}

describe('an OAuth2TestServer without instructions', () => {
  it('gives numbered tokens, and its API accepts them', async () => {
    const { get, clock } = await bound();
    expect(await get('/orders')).toEqual({});
    clock.advance(HOUR);
    await get('/orders');
    expect(server.api.tokens).toEqual(['token-1', 'token-2']);
    expect(server.tokenEndpoint.requests).toMatchObject([
      { method: 'POST', path: '/token', form: { grant_type: 'client_credentials' } },
      { method: 'POST', path: '/token', form: { grant_type: 'client_credentials' } },
    ]);
  });

  it('answers 401 to a request without one of its tokens', async () => {
    const [none, unknown] = await Promise.all([
      fetch(`${server.url}/orders`),
      fetch(`${server.url}/orders`, { headers: { authorization: 'Bearer unknown' } }),
    ]);
    expect([none.status, unknown.status]).toEqual([401, 401]);
    expect(none.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(new Set(server.api.tokens)).toEqual(new Set([undefined, 'unknown']));
  });

  it('keeps the slashes at the beginning of a path, and answers', async () => {
    const limit = { signal: AbortSignal.timeout(5_000) };
    for (const path of ['//orders?page=1', '//']) await fetch(`${server.url}${path}`, limit);
    expect(server.api.requests.map(({ path }) => path)).toEqual(['//orders', '//']);
  });

  it.each([
    ['another header', { header: 'X-Token' }],
    ['another scheme', { scheme: 'Token' }],
    ['a cookie', { cookie: 'session' }],
    ['the query', { queryParameter: 'token' }],
  ])('finds its token in %s', async (_where, use) => {
    const { get } = await bound({ use });
    await get('/orders');
    expect(server.api.tokens).toEqual(['token-1']);
  });

  it('makes the app renew a token that it has revoked, and accepts the next one', async () => {
    const { get } = await bound();
    await get('/orders');
    server.revokeTokens();
    await get('/orders');
    expect(server.api.tokens).toEqual(['token-1', 'token-1', 'token-2']);
  });

  it('forgets everything with reset()', async () => {
    const { get, clock } = await bound();
    server.api.expect({ path: '/other' });
    server.tokenEndpoint.respond(faults.refused());
    await rejection(get('/orders'));
    server.reset();
    expect([server.api.requests, server.tokenEndpoint.requests]).toEqual([[], []]);
    clock.advance(HOUR);
    await get('/orders');
    expect(server.api.tokens).toEqual(['token-1']);
    server.verify();
  });
});

describe('the options of an OAuth2TestServer', () => {
  it('set the path of the token endpoint, the prefix and the members of each token response', async () => {
    await restart({
      tokenPath: '/auth/login',
      tokenPrefix: 'acme-',
      tokenResponse: { expires_in: 60, region: 'eu' },
    });
    const { get, tokens, clock } = await bound({ tokenEndpoint: `${server.url}/auth/login` });
    await get('/token'); // is a path of the API now
    expect(server.api.tokens).toEqual(['acme-1']);
    const { expiresAt, extra } = await tokens.getToken();
    expect([expiresAt - clock.now(), extra]).toEqual([60_000, { region: 'eu' }]);
  });

  it('set the port', async () => {
    const { port, url } = server;
    await restart({ port });
    expect(server.url).toBe(url);
  });
});

describe('the responses of an OAuth2TestServer', () => {
  it('are what the test says, once or until it says something else', async () => {
    const { get } = await bound();
    server.api.respond({ body: ['a'] });
    server.api.respondOnce({ status: 201, body: ['b'] });
    server.api.respondOnce(({ path }, number) => ({ body: [path, number] }));
    const all = [await get('/1'), await get('/2'), await get('/3')];
    server.api.respond();
    expect([...all, await get('/4')]).toEqual([['b'], ['/2', 2], ['a'], {}]);
  });

  it('wait for a token that the API accepts', async () => {
    const { get } = await bound();
    await get('/orders');
    server.revokeTokens();
    server.api.respondOnce({ body: ['after the 401'] });
    expect(await get('/orders')).toEqual(['after the 401']);
  });

  it('may be a token response of any shape', async () => {
    const { get } = await bound({ response: { accessToken: 'data.token' } });
    server.tokenEndpoint.respond(() => ({ body: { data: { token: server.issueToken() } } }));
    await get('/orders');
    expect(server.api.tokens).toEqual(['token-1']);
  });

  it('may be a token that the test has chosen', async () => {
    const { get } = await bound();
    server.tokenEndpoint.respondOnce(() =>
      server.grant({ access_token: server.issueToken('mine'), expires_in: 60 }),
    );
    await get('/orders');
    expect(server.api.tokens).toEqual(['mine']);
  });

  it.each<[string, TestResponse, string, number]>([
    ['unavailable()', faults.unavailable(), 'TOKEN_ENDPOINT_UNAVAILABLE', 6],
    ['unavailable(60)', faults.unavailable(60), 'TOKEN_ENDPOINT_UNAVAILABLE', 1],
    ['throttled(60)', faults.throttled(60), 'THROTTLED', 1],
    ['refused()', faults.refused(), 'CREDENTIALS_REJECTED', 1],
    ['refused() with 200', faults.refused('server_error', 200), 'TOKEN_ENDPOINT_UNAVAILABLE', 6],
    ['page()', faults.page(), 'TOKEN_RESPONSE_INVALID', 6],
    ['page(404)', faults.page(404), 'TOKEN_REQUEST_REJECTED', 1],
    ['disconnect()', faults.disconnect(), 'TOKEN_ENDPOINT_UNREACHABLE', 6],
  ])('make a login fail: faults.%s', async (_name, fault, code, requests) => {
    const { get, clock } = await bound();
    server.tokenEndpoint.respond(fault);
    expect(await rejection(get('/orders'))).toMatchObject({ code });
    expect(server.tokenEndpoint.requests).toHaveLength(requests);
    server.tokenEndpoint.respond();
    clock.advance(HOUR);
    expect(await get('/orders')).toEqual({});
  });

  it('never come with faults.silence(), so that the deadline ends a login', async () => {
    const { get, clock } = await bound();
    server.tokenEndpoint.respond(faults.silence());
    const call = rejection(get('/orders'));
    await server.tokenEndpoint.arrival(1);
    clock.advance(10_000);
    expect(await call).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT' });
  });

  it('come when a test lets them go, and requests can be seen before', async () => {
    const { get } = await bound();
    const release = server.tokenEndpoint.hold();
    const calls = Promise.all([get('/1'), get('/2'), get('/3')]);
    expect(await server.tokenEndpoint.arrival(1)).toMatchObject({ path: '/token' });
    expect(server.api.requests).toEqual([]);
    release();
    await calls;
    expect(server.api.tokens).toEqual(['token-1', 'token-1', 'token-1']);
  });
});

const PERSON = { grantType: 'password', username: 'ama', password: 'p4ss-of-ama' };

describe('a held endpoint', () => {
  it('lets its requests go with reset(), and a later hold is not ended by an earlier release', async () => {
    const call = () => fetch(`${server.url}/token`, { method: 'POST' });
    const early = server.tokenEndpoint.hold();
    const first = call();
    await server.tokenEndpoint.arrival(1);
    server.reset();
    expect((await first).status).toBe(200);
    const release = server.tokenEndpoint.hold();
    early();
    let isOver = false;
    const second = call().finally(() => (isOver = true));
    await server.tokenEndpoint.arrival(1);
    await new Promise((resolve) => void setTimeout(resolve, 20));
    expect(isOver).toBe(false);
    release();
    expect((await second).status).toBe(200);
  });
});

describe('the refresh tokens of an OAuth2TestServer', () => {
  const sent = () => server.tokenEndpoint.requests.map(({ form }) => form['refresh_token']);
  const ask = (refresh_token: string) =>
    fetch(`${server.url}/token`, { method: 'POST', body: new URLSearchParams({ refresh_token }) });

  it('rotate: each one works once and brings the next one', async () => {
    await restart({ refreshTokens: 'rotating' });
    const { get, clock } = await bound(PERSON);
    for (let i = 0; i < 3; i++) {
      await get('/orders');
      clock.advance(HOUR);
    }
    expect(sent()).toEqual([undefined, 'refresh-token-1', 'refresh-token-2']);
  });

  it.each(['json', 'multipart'])('rotate in token requests encoded as %s', async (encoding) => {
    await restart({ refreshTokens: 'rotating' });
    const { get, clock, tokens } = await bound({ ...PERSON, encoding });
    await get('/orders');
    clock.advance(HOUR);
    expect((await tokens.getToken()).refreshToken).toBe('refresh-token-2');
    expect(server.tokenEndpoint.requests[1]!.text).toContain('refresh-token-1');
  });

  it('rotate: one that is sent again ends all of its login, but none of another login', async () => {
    await restart({ refreshTokens: 'rotating' });
    const { get } = await bound(PERSON);
    await get('/orders');
    expect((await ask('refresh-token-1')).status).toBe(200);
    expect((await ask('brought-along')).status).toBe(200);
    expect((await ask('refresh-token-1')).status).toBe(400);
    expect((await ask('refresh-token-2')).status).toBe(400);
    expect((await ask('refresh-token-3')).status).toBe(200);
  });

  it('can be reused', async () => {
    await restart({ refreshTokens: 'reusable' });
    const { get, clock } = await bound(PERSON);
    for (let i = 0; i < 3; i++) {
      await get('/orders');
      clock.advance(HOUR);
    }
    expect(sent()).toEqual([undefined, 'refresh-token-1', 'refresh-token-1']);
  });

  it('can be revoked, also one that the app has from its configuration', async () => {
    const { get } = await bound({ grantType: 'refresh_token', refreshToken: 'configured' });
    server.revokeRefreshTokens();
    expect(await rejection(get('/orders'))).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    expect(sent()).toEqual(['configured']);
  });

  it('are refused after they were revoked, and a login brings new ones', async () => {
    await restart({ refreshTokens: 'rotating' });
    const { get, clock } = await bound(PERSON);
    await get('/orders');
    server.revokeRefreshTokens();
    clock.advance(HOUR);
    await get('/orders');
    clock.advance(HOUR);
    await get('/orders');
    expect(sent()).toEqual([undefined, 'refresh-token-1', undefined, 'refresh-token-2']);
  });
});

describe('verify()', () => {
  const post = (path: string, body: object) =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.issueToken()}` },
      body: JSON.stringify(body),
    });

  it('is silent if every expectation is met by one request', async () => {
    const { get } = await bound();
    server.tokenEndpoint.expect({ form: { grant_type: 'client_credentials' } });
    server.api.expect(
      { method: 'GET', path: /^\/orders\/\d+$/, query: { page: '2' } },
      { body: ['b'] },
    );
    server.api.expect({ method: 'GET', path: '/orders', token: 'token-1' }, { body: ['a'] });
    expect([await get('/orders'), await get('/orders/7?page=2&size=9')]).toEqual([['a'], ['b']]);
    server.verify();
  });

  it('compares the members of a JSON body', async () => {
    server.api.expect(
      { json: { amount: 5, payee: { name: 'Ama' }, notes: ['x'] } },
      { status: 201 },
    );
    const body = { amount: 5, payee: { name: 'Ama', id: 7 }, notes: ['x'], at: 'now' };
    expect((await post('/payouts', body)).status).toBe(201);
    server.verify();
    server.api.expect({ json: { amount: 6 } });
    await post('/payouts', body);
    expect(() => server.verify()).toThrow('json.amount 6');
  });

  it('lists what did not arrive and what was not expected', async () => {
    const { get } = await bound();
    server.tokenEndpoint.expect({ path: '/token', form: { username: 'ama' } });
    server.api.expect({ method: 'POST', path: '/payouts' });
    await get('/orders?page=1');
    expect(() => server.verify()).toThrow(
      [
        'The requests differ from what the test expected:',
        '- token endpoint: did not arrive: any method /token, form.username "ama"',
        '- token endpoint: was not expected: POST /token, form.grant_type "client_credentials"',
        '- API: did not arrive: POST /payouts',
        '- API: was not expected: GET /orders, query.page "1", token token-1',
      ].join('\n'),
    );
  });

  it('leaves out an API request with a revoked token, which the app sends again', async () => {
    const { get } = await bound();
    await get('/orders');
    server.revokeTokens();
    server.api.expect({ path: '/orders', token: 'token-2' });
    await get('/orders');
    server.verify();
  });

  it('shows no secret', async () => {
    const { get } = await bound({
      ...PERSON,
      clientAuthentication: 'client_secret_post',
    });
    server.tokenEndpoint.expect({ form: { password: 'another-p4ss' }, token: 'a-real-token' });
    await get('/orders');
    const { message } = (await rejection((async () => server.verify())())) as Error;
    expect(message).toContain('form.password [not shown]');
    expect(message).toContain('token [not shown]');
    for (const secret of ['p4ss', CLIENT_SECRET, 'a-real-token'])
      expect(message).not.toContain(secret);
  });
});

/** The app, with its methods free of it. */
async function bound(definition?: Readonly<Record<string, unknown>>) {
  const one = await start(definition);
  return { get: (url: string) => one.get(url), clock: one.clock, tokens: one.tokens() };
}
