import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { TokenSet } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import { OidcServer } from '../support/oidc-server.js';
import type { ProtectedApp } from '../support/protected-app.js';
import { expectNoSecret } from '../support/secrets.js';

const SHOP = { clientId: 'shop', clientSecret: 'p2F8zR5wT1yU7iO3aS9dG4hJ6kL0xC' };
const HOUR = 3_600_000;

describe('a refresh token that a server rotates', () => {
  let server: OidcServer;
  let app: ProtectedApp;
  /** What the app keeps for its next start. */
  let kept: TokenSet[];
  let configured: string;

  const connect = (refreshToken: string) =>
    server.connect({
      ...SHOP,
      grantType: 'refresh_token',
      refreshToken,
      onTokenSet: (tokens: TokenSet) => void kept.push(tokens),
    });
  const latest = () => kept.at(-1)!.refreshToken!;
  /** The refresh tokens that were sent. */
  const spent = () => server.tokenRequests.map(({ parameters }) => parameters['refresh_token']);
  const secrets = () => [
    configured,
    SHOP.clientSecret,
    ...kept.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken!]),
  ];
  const reuse = (refresh_token: string) =>
    server.ask({
      grant_type: 'refresh_token',
      client_id: SHOP.clientId,
      client_secret: SHOP.clientSecret,
      refresh_token,
    });

  beforeAll(async () => {
    const shop = { client_id: SHOP.clientId, client_secret: SHOP.clientSecret };
    const grant_types = ['refresh_token', 'authorization_code'];
    const web = { redirect_uris: ['https://shop.example/'], response_types: ['code'] };
    server = await OidcServer.start([{ ...shop, ...web, grant_types }]);
  });

  beforeEach(async () => {
    server.tokenRequests.splice(0);
    kept = [];
    configured = await server.issueRefreshToken('shop', 'openid offline_access read');
    app = await connect(configured);
  });

  afterEach(() => app.close());
  afterAll(() => server.close());

  it('each renewal uses the newest refresh token and passes its successor to onTokenSet', async () => {
    for (let renewal = 1; renewal <= 4; renewal++) {
      const answers = await app.herd(10);
      expect(answers.map(({ data }) => data['sub'])).toEqual(Array(10).fill('ama'));
      expect(kept).toHaveLength(renewal);
      app.clock.advance(HOUR);
    }
    const chain = [configured, ...kept.map(({ refreshToken }) => refreshToken)];
    expect(new Set(chain).size).toBe(5);
    expect(spent()).toEqual(chain.slice(0, 4));
    expect(new Set(app.sent).size).toBe(4);
    expect(server.tokenRequests.map(({ error }) => error)).toEqual(Array(4).fill(undefined));
  });

  it('onTokenSet receives a rotated refresh token before its access token is sent', async () => {
    const before: number[] = [];
    app.api.onApi = (request) => {
      before.push(kept.length);
      return server.introspecting(request);
    };
    await app.call();
    app.clock.advance(HOUR);
    await app.call();
    expect(before).toEqual([1, 2]);
  });

  it('an app that starts with the last refresh token of onTokenSet continues the session', async () => {
    await app.call();
    app.clock.advance(HOUR);
    await app.call();
    await app.close();
    app = await connect(latest());
    expect((await app.call()).data['sub']).toBe('ama');
    expect(spent()).toHaveLength(3);
  });

  it('an app that starts with a used refresh token fails after one request with a typed error', async () => {
    await app.call();
    await app.close();
    app = await connect(configured);
    for (let i = 0; i < 3; i++) {
      const error = await rejection(app.call());
      expect(error).toMatchObject({
        code: 'REAUTHENTICATION_REQUIRED',
        provider: 'acme',
        status: 400,
        error: 'invalid_grant',
        retryable: false,
      });
      expectNoSecret(error, secrets());
    }
    expect(spent()).toEqual([configured, configured]);
    expect(app.sent).toEqual([]);
  });

  it('the server revokes the whole family when a used refresh token is sent again', async () => {
    await app.call();
    app.clock.advance(HOUR);
    await app.call();
    expect((await server.introspect(kept[1]!.accessToken))['active']).toBe(true);

    expect(await reuse(configured)).toMatchObject({ error: 'invalid_grant' });

    expect(await server.introspect(kept[1]!.accessToken)).toEqual({ active: false });
    const error = await rejection(app.call());
    expect(error).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED', error: 'invalid_grant' });
    expectNoSecret([error, app.app.log.lines, app.tokens.status()], secrets());
    // The one of the thief is among them; the newest one was tried once and never again.
    expect(spent()).toEqual([configured, kept[0]!.refreshToken, configured, latest()]);
    await rejection(app.call());
    expect([spent().length, kept.length]).toEqual([4, 2]);
  });

  it('a refresh token is used once when the API rejects the token of fifty requests at once', async () => {
    await app.call();
    await server.forget(kept[0]!.accessToken);
    const answers = await app.herd(50);
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(spent()).toEqual([configured, kept[0]!.refreshToken]);
  });

  it('a refresh token still works after the server has forgotten the access token', async () => {
    await app.call();
    await server.forget(kept[0]!.accessToken);
    expect((await app.call()).data['sub']).toBe('ama');
    app.clock.advance(HOUR);
    expect((await app.call()).data['sub']).toBe('ama');
    expect(spent()).toHaveLength(3);
    expect(app.sent).toEqual([kept[0], kept[0], kept[1], kept[2]].map((t) => t!.accessToken));
  });

  it('all scopes share one rotated refresh token, and each has its own access token', async () => {
    const scopes = ['read', 'openid', undefined, 'read'];
    const told: unknown[] = [];
    for (const scope of scopes) told.push((await app.call({ oauth2: { scope } })).data['scope']);
    expect(told).toEqual(['read', 'openid', 'openid offline_access read', 'read']);
    expect(spent()).toEqual([configured, kept[0]!.refreshToken, kept[1]!.refreshToken]);
  });

  // The server has refused the request, not the token.
  it('a refresh token still works after a request for a scope that was not granted', async () => {
    await app.call();
    const error = await rejection(app.call({ oauth2: { scope: 'write' } }));
    expect(error).toMatchObject({ error: 'invalid_scope', status: 400 });
    expectNoSecret(error, secrets());
    app.clock.advance(HOUR);
    expect((await app.call()).data['sub']).toBe('ama');
  });
});
