import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { NodeOAuthServer, TokenDatabase } from '../support/node-oauth-server.js';
import type { ProtectedApp } from '../support/protected-app.js';
import { expectNoSecret } from '../support/secrets.js';

const HOUR = 3_600_000;
const SHOP = { clientId: 'shop', clientSecret: 'p2F8zR5wT1yU7iO3aS9dG4hJ6kL0xC' };
/** The server takes the two halves of Basic as they are, as RFC 6749 §2.3.1 does not say. */
const RAW = { clientId: 'corner shop 50% +', clientSecret: 'p4 %:+/=&?#"%2B~-*! s3cr:et' };
const AMA = { username: 'ama.müller+shop@example.com', password: 'pässwort: 50% + "more" & €' };

describe('a password login', () => {
  let server: NodeOAuthServer;
  let app: ProtectedApp;

  const connect = (changes: object = {}) =>
    server.connect({ ...SHOP, ...AMA, grantType: 'password', ...changes });
  const grants = () => server.tokenRequests.map(({ form }) => form['grant_type']);

  beforeEach(async () => {
    const all = ['password', 'refresh_token', 'client_credentials'];
    const clients = [SHOP, RAW].map(({ clientId, clientSecret }) => ({
      id: clientId,
      secret: clientSecret,
      grants: all,
    }));
    const users = { [AMA.username]: AMA.password };
    server = await NodeOAuthServer.start(new TokenDatabase(clients, users));
  });
  afterEach(async () => {
    await app.close();
    await server.close();
  });

  it('a password login gets a token, whatever the characters of name and password', async () => {
    app = await connect();
    const answers = await app.herd(20);
    expect(answers.map(({ data }) => data['user'])).toEqual(Array(20).fill(AMA.username));
    expect(server.tokenRequests).toEqual([
      { form: { grant_type: 'password', ...AMA }, status: 200, error: undefined },
    ]);
  });

  it.each([
    ['client_secret_basic_raw', 200],
    ['client_secret_post', 200],
    ['client_secret_basic', 401],
  ])(
    'a password login of a client with odd characters by %s is answered %i',
    async (method, status) => {
      app = await connect({ ...RAW, clientAuthentication: method });
      if (status === 200) {
        expect((await app.call()).data['user']).toBe(AMA.username);
      } else {
        const error = await rejection(app.call());
        expect(error).toMatchObject({
          code: 'CREDENTIALS_REJECTED',
          status,
          error: 'invalid_client',
        });
        expectNoSecret(error, [RAW.clientSecret, AMA.password]);
      }
      expect(server.tokenRequests.map((request) => request.status)).toEqual([status]);
    },
  );

  it('a login with a wrong password is sent once and fails with an error without secrets', async () => {
    const password = 'wröng: 50% + "more" & €';
    app = await connect({ password });
    const errors = await Promise.all(Array.from({ length: 20 }, () => rejection(app.call())));
    errors.push(await rejection(app.call()));
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'CREDENTIALS_REJECTED',
        provider: 'acme',
        status: 400,
        error: 'invalid_grant',
        retryable: false,
      });
    }
    const secrets = [password, AMA.password, SHOP.clientSecret];
    expectNoSecret([errors[0], app.app.log.lines, app.tokens.status()], secrets);
    expect([grants(), app.sent]).toEqual([['password'], []]);
  });

  it('a login with a wrong password is tried again after a while and works with the right one', async () => {
    let password = 'wrong-Zx81Qp';
    app = await connect({ password: () => password });
    await rejection(app.call());
    password = AMA.password;
    app.clock.advance(60_000);
    expect((await app.call()).data['user']).toBe(AMA.username);
    expect(server.tokenRequests.map(({ status }) => status)).toEqual([400, 200]);
  });

  it('a password login happens once, and later tokens come by the refresh token', async () => {
    app = await connect();
    for (let i = 0; i < 4; i++) {
      expect((await app.call()).data['user']).toBe(AMA.username);
      app.clock.advance(HOUR);
    }
    expect(grants()).toEqual(['password', 'refresh_token', 'refresh_token', 'refresh_token']);
    expect(server.tokenRequests.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('a password login follows in the same call when the server does not know the refresh token', async () => {
    app = await connect();
    await app.call();
    server.database.tokens.splice(0);
    app.clock.advance(HOUR);
    const answers = await app.herd(20);
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(grants()).toEqual(['password', 'refresh_token', 'password']);
  });

  it('a login by client credentials brings no refresh token', async () => {
    const client = { ...SHOP, scope: 'read write' };
    app = await server.connect(client);
    expect((await app.call()).data).toEqual({ user: 'shop', scope: ['read', 'write'] });
    app.clock.advance(HOUR);
    await app.herd(20);
    expect(grants()).toEqual(['client_credentials', 'client_credentials']);
    expect(app.tokens.peek()).toMatchObject({ scope: 'read write', refreshToken: undefined });
  });
});
