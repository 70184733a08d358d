import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { OidcServer, REPORTS } from '../support/oidc-server.js';
import type { ProtectedApp } from '../support/protected-app.js';
import { expectNoSecret } from '../support/secrets.js';

const SHOP = { clientId: 'shop: 100% yours', clientSecret: 'p2F8z R5wT1+yU7iO3aS9dG4hJ6kL0' };

const REGISTERED = {
  client_id: SHOP.clientId,
  client_secret: SHOP.clientSecret,
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
  redirect_uris: ['https://shop.example/'],
  response_types: ['code'],
};

describe('a token that is given back (RFC 7009)', () => {
  let server: OidcServer;
  let app: ProtectedApp;

  const connect = (changes: object = {}) =>
    server.connect({ ...SHOP, revocation: `${server.url}/token/revocation`, ...changes });
  const isActive = async (token: string) => (await server.introspect(token))['active'];
  /** The tokens of one call. */
  const obtain = async (options?: { scope: string }) => {
    await app.call({ oauth2: options });
    return app.tokens.getToken(options);
  };

  beforeAll(async () => void (server = await OidcServer.start([REGISTERED])));
  beforeEach(() => void server.tokenRequests.splice(0));
  afterEach(() => app.close());
  afterAll(() => server.close());

  it('a revoked token is dead, and the next call logs in again', async () => {
    app = await connect();
    const { accessToken } = await obtain();
    expect(await isActive(accessToken)).toBe(true);

    await app.tokens.revoke();

    expect(await isActive(accessToken)).toBe(false);
    const direct = await fetch(`${app.api.url}/orders`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(direct.status).toBe(401);
    expect([app.tokens.peek(), server.tokenRequests.length]).toEqual([undefined, 1]);
    expect((await app.call()).status).toBe(200);
    expect(server.tokenRequests).toHaveLength(2);
    expect(app.sent.at(-1)).not.toBe(accessToken);
  });

  it('a revocation does not end the tokens of another account', async () => {
    app = await connect();
    const [read, write] = [await obtain({ scope: 'read' }), await obtain({ scope: 'write' })];
    await app.tokens.revoke({ scope: 'write' });
    expect(await isActive(read.accessToken)).toBe(true);
    expect(await isActive(write.accessToken)).toBe(false);
    await app.call({ oauth2: { scope: 'read' } });
    expect(server.tokenRequests).toHaveLength(2);
  });

  it('a second revocation of the same account does no harm', async () => {
    app = await connect();
    await obtain();
    await Promise.all([app.tokens.revoke(), app.tokens.revoke()]);
    await app.tokens.revoke();
    expect((await app.call()).status).toBe(200);
  });

  it('a revocation ends the refresh token, too, and without a login the next call fails', async () => {
    const refreshToken = await server.issueRefreshToken(SHOP.clientId, 'openid offline_access');
    app = await connect({ grantType: 'refresh_token', refreshToken });
    const tokens = await obtain();
    expect(await isActive(tokens.refreshToken!)).toBe(true);

    await app.tokens.revoke();

    expect(await isActive(tokens.accessToken)).toBe(false);
    expect(await isActive(tokens.refreshToken!)).toBe(false);
    const error = await rejection(app.call());
    expect(error).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    expectNoSecret(error, [refreshToken, tokens.refreshToken!, tokens.accessToken]);
  });

  it('a token is forgotten although the server refuses the revocation, and the call fails', async () => {
    app = await connect({ revocation: `${server.url}/nowhere` });
    const { accessToken } = await obtain();
    const error = await rejection(app.tokens.revoke());
    expect(error).toMatchObject({ provider: 'acme', status: 404 });
    expectNoSecret([error, app.app.log.lines], [accessToken, SHOP.clientSecret]);
    expect([await isActive(accessToken), app.tokens.peek()]).toEqual([true, undefined]);
  });

  it('a token of a kind that the server cannot revoke is forgotten, and the call fails', async () => {
    app = await connect({ resource: REPORTS, scope: 'read' });
    app.api.onApi = server.verifying;
    const { accessToken } = await obtain();
    expect(await rejection(app.tokens.revoke())).toMatchObject({
      code: 'TOKEN_REQUEST_REJECTED',
      error: 'unsupported_token_type',
    });
    expect((await app.call()).status).toBe(200);
    expect(app.sent.at(-1)).not.toBe(accessToken);
  });

  describe('when the app ends', () => {
    it('the tokens of all accounts are revoked when the app closes', async () => {
      app = await connect({ revokeOnShutdown: true });
      const tokens = [await obtain(), await obtain({ scope: 'read' })];
      const active = () => Promise.all(tokens.map(({ accessToken }) => isActive(accessToken)));
      expect(await active()).toEqual([true, true]);
      await app.close();
      expect(await active()).toEqual([false, false]);
      app = await connect({ revokeOnShutdown: true });
      expect((await app.call()).status).toBe(200);
    });

    it('tokens stay valid when the app closes, unless the definition says otherwise', async () => {
      app = await connect();
      const { accessToken } = await obtain();
      await app.close();
      expect(await isActive(accessToken)).toBe(true);
    });

    it('an app closes although the server of a revocation is gone', async () => {
      const other = await OidcServer.start([REGISTERED]);
      app = await other.connect({
        ...SHOP,
        revocation: `${other.url}/token/revocation`,
        revokeOnShutdown: true,
      });
      const { accessToken } = await obtain();
      await other.close();
      await app.close();
      const warnings = app.app.log.lines.filter((line) => line.startsWith('warn'));
      expect(warnings).toEqual([expect.stringContaining('did not revoke the tokens')]);
      expectNoSecret(app.app.log.lines, [accessToken, SHOP.clientSecret]);
    });
  });
});
