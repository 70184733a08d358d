import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TartanServer } from '../src/vendors/tartan-server.js';
import { ZeepayServer } from '../src/vendors/zeepay-server.js';

interface TokenAnswer {
  token_type: string;
  expires_in: number;
  access_token: string;
  refresh_token: string;
}

const TOKEN_ANSWER = {
  expires_in: 30,
  access_token: expect.stringMatching(/^[\w-]{43}$/),
  refresh_token: expect.stringMatching(/^[\w-]{43}$/),
};

type Form = URLSearchParams | FormData;

const post = (url: string, body?: Form) => fetch(url, { method: 'POST', body: body ?? null });

const bearer = (url: string, token: string) =>
  fetch(url, { headers: { Authorization: `Bearer ${token}` } });

function multipart(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

describe('ZeepayServer', () => {
  let now = Date.now();
  let server: ZeepayServer;
  let client: Record<string, string>;
  let login: Record<string, string>;

  const token = (fields: Record<string, string>) =>
    post(`${server.url}/oauth/token`, new URLSearchParams(fields));
  const tokenFor = async (fields: Record<string, string>) =>
    (await (await token(fields)).json()) as TokenAnswer;

  beforeAll(async () => {
    server = await new ZeepayServer({ now: () => now }).listen();
    const { clientId, clientSecret, username, password } = server.account;
    client = { client_id: clientId, client_secret: clientSecret };
    login = { ...client, username, password, grant_type: 'password' };
  });

  afterAll(() => server.close());

  it('answers a login as documented', async () => {
    const response = await token(login);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ...TOKEN_ANSWER, token_type: 'Bearer' });
  });

  it.each([
    ['another encoding', () => post(`${server.url}/oauth/token`, multipart(login))],
    ['no body', () => post(`${server.url}/oauth/token`)],
    ['a missing field', () => token({ ...login, username: '' })],
    ['a wrong client', () => token({ ...login, client_secret: 'wrong' })],
    ['a wrong password', () => token({ ...login, password: 'wrong' })],
    ['another grant type', () => token({ ...login, grant_type: 'client_credentials' })],
    [
      'a made-up refresh token',
      () => token({ ...client, grant_type: 'refresh_token', refresh_token: 'x' }),
    ],
  ])('answers %s with 400 and an integer error', async (_case, ask) => {
    const response = await ask();
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: 400, message: expect.any(String) });
  });

  it('takes POST only', async () => {
    expect((await fetch(`${server.url}/oauth/token`)).status).toBe(405);
  });

  it('rotates the refresh token, which works once', async () => {
    const { refresh_token } = await tokenFor(login);
    const refresh = { ...client, grant_type: 'refresh_token', refresh_token };
    const answer = await tokenFor(refresh);
    expect(answer).toEqual({ ...TOKEN_ANSWER, token_type: 'Bearer' });
    expect(answer.refresh_token).not.toBe(refresh_token);
    expect((await token(refresh)).status).toBe(400);
  });

  it('accepts an access token until it expires', async () => {
    const { access_token } = await tokenFor(login);
    expect((await bearer(`${server.url}/payouts`, access_token)).status).toBe(200);
    now += 30_000;
    expect((await bearer(`${server.url}/payouts`, access_token)).status).toBe(401);
    expect((await fetch(`${server.url}/payouts`)).status).toBe(401);
  });

  it('revokes access tokens alone, or refresh tokens too', async () => {
    const { access_token, refresh_token } = await tokenFor(login);
    const refresh = { ...client, grant_type: 'refresh_token' };
    await post(`${server.url}/_control/revoke`);
    expect((await bearer(`${server.url}/payouts`, access_token)).status).toBe(401);
    const next = await tokenFor({ ...refresh, refresh_token });
    await post(`${server.url}/_control/revoke?refresh=1`);
    expect((await bearer(`${server.url}/payouts`, next.access_token)).status).toBe(401);
    expect((await token({ ...refresh, refresh_token: next.refresh_token })).status).toBe(400);
  });

  it('takes the token endpoint down and brings it up', async () => {
    await post(`${server.url}/_control/down`);
    expect((await token(login)).status).toBe(503);
    await post(`${server.url}/_control/up`);
    expect((await token(login)).status).toBe(200);
  });
});

describe('TartanServer', () => {
  let server: TartanServer;
  let login: Record<string, string>;

  const token = (body: Form) => post(`${server.url}/api/external/oauth/token`, body);

  beforeAll(async () => {
    server = await new TartanServer({ refreshing: false, tokenLifetime: 3600 }).listen();
    login = { ...server.account, grant_type: 'password' };
  });

  afterAll(() => server.close());

  it('answers a login as documented, and its API the token', async () => {
    const response = await token(multipart(login));
    expect(response.status).toBe(200);
    const answer = (await response.json()) as TokenAnswer;
    expect(answer).toEqual({ ...TOKEN_ANSWER, token_type: 'bearer', expires_in: 3600 });
    const employees = await bearer(`${server.url}/api/employees`, answer.access_token);
    expect(await employees.json()).toHaveLength(2);
  });

  it.each([
    ['another encoding', () => token(new URLSearchParams(login))],
    ['a missing field', () => token(multipart({ grant_type: 'password' }))],
    ['a wrong password', () => token(multipart({ ...login, password: 'wrong' }))],
    [
      'refreshing, when switched off',
      () => token(multipart({ grant_type: 'refresh_token', refresh_token: 'x' })),
    ],
  ])('answers %s with 400', async (_case, ask) => {
    expect((await ask()).status).toBe(400);
  });

  it('answers a made-up refresh token with 401', async () => {
    const refreshing = await new TartanServer().listen();
    const body = multipart({ grant_type: 'refresh_token', refresh_token: 'x' });
    const response = await post(`${refreshing.url}/api/external/oauth/token`, body);
    expect(response.status).toBe(401);
    await refreshing.close();
  });

  it('counts what it was asked', async () => {
    const fresh = await new TartanServer().listen();
    const tokenUrl = `${fresh.url}/api/external/oauth/token`;
    await post(tokenUrl, multipart(login));
    await post(tokenUrl, multipart({ ...login, password: 'wrong' }));
    await fetch(`${fresh.url}/api/employees`);
    expect(await (await fetch(`${fresh.url}/_control/stats`)).json()).toEqual({
      logins: 1,
      refreshes: 0,
      rejectedTokenRequests: 1,
      apiCalls: 1,
      apiUnauthorized: 1,
    });
    await fresh.close();
  });
});
