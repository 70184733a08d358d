import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { TokenSet } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import { NodeOAuthServer, TokenDatabase } from '../support/node-oauth-server.js';
import type { ProtectedApp } from '../support/protected-app.js';
import { expectNoSecret } from '../support/secrets.js';

const HOUR = 3_600_000;
const SHOP = { clientId: 'shop', clientSecret: 'p2F8zR5wT1yU7iO3aS9dG4hJ6kL0xC' };
const AMA = { username: 'ama', password: 'w8Kz!pQ3-vN6+rT1' };

describe('at a server that takes a refresh token once', () => {
  let server: NodeOAuthServer;
  let app: ProtectedApp;

  const connect = (changes: object = {}) =>
    server.connect({ ...SHOP, ...AMA, grantType: 'password', ...changes });
  const grants = () => server.tokenRequests.map(({ form }) => form['grant_type']);
  const spent = () => server.tokenRequests.flatMap(({ form }) => form['refresh_token'] ?? []);
  const refused = () => server.tokenRequests.filter(({ status }) => status !== 200);
  const reuse = (refresh_token: string) =>
    server.ask({
      grant_type: 'refresh_token',
      client_id: SHOP.clientId,
      client_secret: SHOP.clientSecret,
      refresh_token,
    });

  beforeEach(async () => {
    const { clientId: id, clientSecret: secret } = SHOP;
    const grants = ['password', 'refresh_token', 'client_credentials'];
    const users = { [AMA.username]: AMA.password };
    server = await NodeOAuthServer.start(new TokenDatabase([{ id, secret, grants }], users));
    app = await connect();
  });
  afterEach(async () => {
    await app.close();
    await server.close();
  });

  it('fifty calls at expiry use a refresh token once', async () => {
    const { refreshToken } = await app.tokens.getToken();
    for (let round = 1; round <= 3; round++) {
      app.clock.advance(HOUR);
      const answers = await app.herd(50);
      expect(answers.map(({ data }) => data['user'])).toEqual(Array(50).fill('ama'));
      expect(grants()).toEqual(['password', ...Array(round).fill('refresh_token')]);
    }
    expect(spent()[0]).toBe(refreshToken);
    expect(new Set(spent()).size).toBe(3);
    expect(refused()).toEqual([]);
  });

  it('fifty calls with a stale token wait for nothing and use a refresh token once', async () => {
    await app.call();
    app.clock.advance(HOUR - 60_000);
    await app.herd(50);
    app.clock.advance(59_000);
    await app.herd(50);
    expect(grants()).toEqual(['password', 'refresh_token']);
    expect(new Set(app.sent).size).toBe(2);
    expect(refused()).toEqual([]);
  });

  it('the server refuses a used refresh token', async () => {
    const { refreshToken } = await app.tokens.getToken();
    app.clock.advance(HOUR);
    await app.call();
    expect(await reuse(refreshToken!)).toMatchObject({ error: 'invalid_grant' });
    expect((await app.call()).status).toBe(200);
  });

  it('a refresh token that somebody else has used is sent once, and the login follows in the same call', async () => {
    const { refreshToken, accessToken } = await app.tokens.getToken();
    expect(await reuse(refreshToken!)).toHaveProperty('access_token');
    app.clock.advance(HOUR);
    const answers = await app.herd(50);
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(grants()).toEqual(['password', 'refresh_token', 'refresh_token', 'password']);
    expectNoSecret(app.app.log.lines, [refreshToken!, accessToken, AMA.password]);
  });

  it('a refresh token that somebody else has used is a lasting error without a login', async () => {
    await app.close();
    const { refresh_token } = await server.ask({
      grant_type: 'password',
      client_id: SHOP.clientId,
      client_secret: SHOP.clientSecret,
      ...AMA,
    });
    const refreshToken = refresh_token as string;
    await reuse(refreshToken);
    app = await server.connect({ ...SHOP, grantType: 'refresh_token', refreshToken });
    for (let i = 0; i < 3; i++) {
      const error = await rejection(app.call());
      expect(error).toMatchObject({
        code: 'REAUTHENTICATION_REQUIRED',
        status: 400,
        error: 'invalid_grant',
      });
      expectNoSecret(error, [refreshToken, SHOP.clientSecret]);
    }
    expect([grants(), app.sent]).toEqual([['password', 'refresh_token', 'refresh_token'], []]);
  });

  it('a refresh token from onTokenSet works after a restart of the app', async () => {
    await app.close();
    let kept: TokenSet | undefined;
    const onTokenSet = (tokens: TokenSet) => void (kept = tokens);
    app = await connect({ onTokenSet });
    await app.call();
    await app.close();
    app = await connect({ onTokenSet, refreshToken: kept!.refreshToken });
    expect((await app.call()).data['user']).toBe('ama');
    expect(grants()).toEqual(['password', 'refresh_token']);
    expect(refused()).toEqual([]);
  });

  describe('a token that is revoked there', () => {
    it('a token that the server has revoked is renewed once, and the request is repeated once', async () => {
      await app.call();
      const [revoked] = app.sent;
      server.database.forget(revoked!);
      const { status, data } = await app.call();
      expect([status, data['user']]).toEqual([200, 'ama']);
      expect(grants()).toEqual(['password', 'refresh_token']);
      expect(app.sent).toEqual([revoked, revoked, expect.not.stringContaining(revoked!)]);
    });

    it('a token that the server has revoked is renewed once for fifty requests, and each is repeated once', async () => {
      await app.call();
      server.database.forget(app.sent[0]!);
      const answers = await app.herd(50);
      expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
      expect(grants()).toEqual(['password', 'refresh_token']);
      expect([app.sent.length, new Set(app.sent).size]).toEqual([101, 2]);
      expect(refused()).toEqual([]);
    });

    it('a request returns its 401 if the new token is revoked, too', async () => {
      await app.call();
      app.api.onApi = (request) => {
        server.database.forget(request.token!);
        return server.authenticating(request);
      };
      const error = await rejection(app.call());
      expect(error).toMatchObject({ response: { status: 401 } });
      expectNoSecret(error, app.sent as string[]);
      expect(grants()).toEqual(['password', 'refresh_token']);
      expect(app.sent).toHaveLength(3);
    });
  });
});
