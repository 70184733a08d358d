import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';
import type { Context } from 'oidc-provider';

import { rejection } from '../support/collect.js';
import { OidcServer } from '../support/oidc-server.js';
import type { ProtectedApp } from '../support/protected-app.js';
import { expectNoSecret } from '../support/secrets.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const SHOP = { clientId: 'shop', clientSecret: 'p2F8zR5wT1yU7iO3aS9dG4hJ6kL0xC' };

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** The server lets its users add grants; the tokens, the clients and the errors are its own. */
async function addGrants(server: OidcServer): Promise<void> {
  const { errors } = await import('oidc-provider');
  const { provider, url } = server;
  const refuse = (): never => {
    throw new errors.InvalidGrant('not accepted');
  };
  const issue = async ({ client, params }: Context['oidc'], accountId: string) => {
    const scope = params?.['scope'];
    const access_token = await server.issueAccessToken(client!.clientId, scope, accountId);
    return { access_token, token_type: 'Bearer', expires_in: 3_600, scope };
  };
  const takeAssertion = async (ctx: Context) => {
    const assertion = ctx.oidc.params?.['assertion'] ?? '';
    const rules = { issuer: 'shop', audience: `${url}/token`, requiredClaims: ['sub', 'jti'] };
    const { payload } = await jwtVerify(assertion, createPublicKey(key), rules).catch(refuse);
    ctx.body = await issue(ctx.oidc, payload.sub!);
  };
  const exchange = async (ctx: Context) => {
    const { subject_token, subject_token_type, actor_token } = ctx.oidc.params ?? {};
    const subject = await provider.AccessToken.find(subject_token ?? '');
    if (!subject || subject_token_type !== ACCESS_TOKEN) return refuse();
    ctx.body = await issue(ctx.oidc, `${subject.accountId} by ${actor_token ?? 'itself'}`);
  };
  const tokens = ['subject_token', 'subject_token_type', 'actor_token', 'actor_token_type'];
  provider.registerGrantType(JWT_BEARER, takeAssertion, ['assertion', 'scope']);
  provider.registerGrantType(TOKEN_EXCHANGE, exchange, [...tokens, 'scope']);
}

describe('at a server that takes assertions', () => {
  let server: OidcServer;
  let app: ProtectedApp;

  beforeAll(async () => {
    const grant_types = [JWT_BEARER, TOKEN_EXCHANGE];
    const secret = { client_id: SHOP.clientId, client_secret: SHOP.clientSecret, grant_types };
    const open = { client_id: 'kiosk', token_endpoint_auth_method: 'none', grant_types };
    server = await OidcServer.start([secret, open]);
    await addGrants(server);
  });
  beforeEach(() => void server.tokenRequests.splice(0));
  afterEach(() => app.close());
  afterAll(() => server.close());

  const bearing = (assertion: { key: KeyObject }, changes: object = {}) =>
    server.connect({
      grantType: JWT_BEARER,
      clientId: 'kiosk',
      assertion: { issuer: 'shop', ...assertion },
      ...changes,
    });

  it('a JWT is exchanged for a token of its own for each subject (RFC 7523)', async () => {
    app = await bearing({ key }, { scope: 'read' });
    const [ama, kofi] = [
      await app.call({ oauth2: { subject: 'ama' } }),
      await app.call({ oauth2: { subject: 'kofi' } }),
    ];
    expect([ama.data, kofi.data]).toMatchObject([
      { sub: 'ama', scope: 'read', client_id: 'kiosk' },
      { sub: 'kofi', scope: 'read', client_id: 'kiosk' },
    ]);
    app.tokens.for('ama').invalidate();
    await app.call({ oauth2: { subject: 'ama' } });
    const assertions = server.tokenRequests.map(({ parameters }) => parameters['assertion']);
    expect(new Set(assertions).size).toBe(3);
  });

  it('a JWT grant works together with client_secret_post', async () => {
    app = await bearing({ key }, { ...SHOP, clientAuthentication: 'client_secret_post' });
    expect((await app.call()).data).toMatchObject({ sub: 'shop', client_id: 'shop' });
  });

  it('the refusal of a JWT of another key is a typed error without the assertion', async () => {
    app = await bearing({ key: other });
    const error = await rejection(app.call());
    expect(error).toMatchObject({
      code: 'CREDENTIALS_REJECTED',
      error: 'invalid_grant',
      status: 400,
    });
    expectNoSecret(error, [server.tokenRequests[0]!.parameters['assertion']!]);
    expect(app.sent).toEqual([]);
  });

  it('a token is exchanged for another one (RFC 8693)', async () => {
    const [subjectToken, actorToken] = [await server.issueAccessToken('shop'), 'robot-7Hq2'];
    const exchange = {
      ...SHOP,
      clientAuthentication: 'client_secret_post',
      grantType: TOKEN_EXCHANGE,
    };
    app = await server.connect({ ...exchange, subjectToken });
    expect((await app.call()).data).toMatchObject({ sub: 'ama by itself' });
    await app.close();
    app = await server.connect({ ...exchange, subjectToken, actorToken });
    expect((await app.call()).data).toMatchObject({ sub: 'ama by robot-7Hq2' });
    await app.close();
    await server.forget(subjectToken);
    app = await server.connect({ ...exchange, subjectToken });
    const error = await rejection(app.call());
    expect(error).toMatchObject({ code: 'CREDENTIALS_REJECTED', error: 'invalid_grant' });
    expectNoSecret(error, [subjectToken, SHOP.clientSecret]);
  });
});
