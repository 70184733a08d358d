import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { OidcServer } from '../support/oidc-server.js';
import type { ProtectedApp } from '../support/protected-app.js';
import { expectNoSecret } from '../support/secrets.js';

/** What form-encoding changes, what looks encoded already, and what divides the two halves. */
const SPECIAL = {
  clientId: 'corner shop: 50% + more',
  clientSecret: 'p4 %:+/=&?#"%2B~-*! s3cr:et',
};
const PLAIN = { clientId: 'shop', clientSecret: 'p2F8zR5wT1yU7iO3aS9dG4hJ6kL0xC' };
const METHODS = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'] as const;

const registered = (client: typeof PLAIN, method: string) => ({
  client_id: `${client.clientId} ${method}`,
  client_secret: client.clientSecret,
  token_endpoint_auth_method: method,
});
const configured = (client: typeof PLAIN, clientAuthentication: string) => ({
  clientId: `${client.clientId} ${clientAuthentication}`,
  clientSecret: client.clientSecret,
  clientAuthentication,
});

describe('a client with a secret', () => {
  let server: OidcServer;
  let app: ProtectedApp;

  beforeAll(async () => {
    const clients = [PLAIN, SPECIAL].flatMap((client) =>
      METHODS.map((method) => registered(client, method)),
    );
    server = await OidcServer.start(clients);
  });

  beforeEach(() => void server.tokenRequests.splice(0));
  afterEach(() => app.close());
  afterAll(() => server.close());

  it.each(METHODS.flatMap((method) => [PLAIN, SPECIAL].map((client) => ({ method, client }))))(
    'the client $client.clientId is authenticated by $method',
    async ({ method, client }) => {
      app = await server.connect(configured(client, method));
      const { status, data } = await app.call();
      expect([status, data['client_id']]).toEqual([200, `${client.clientId} ${method}`]);
    },
  );

  it.each([
    ['client_secret_basic', { authorization: expect.stringMatching(/^Basic /) }, []],
    ['client_secret_post', { authorization: undefined }, ['client_id', 'client_secret']],
    [
      'client_secret_jwt',
      { authorization: undefined },
      ['client_assertion', 'client_assertion_type'],
    ],
  ])('a client sends its credentials in one place only with %s', async (method, headers, names) => {
    app = await server.connect(configured(SPECIAL, method));
    await app.call();
    const [request] = server.tokenRequests;
    expect(request).toMatchObject(headers);
    expect(Object.keys(request!.parameters).sort()).toEqual([...names, 'grant_type']);
  });

  it('one token request serves all waiting calls, and another one follows after expiry', async () => {
    app = await server.connect(configured(SPECIAL, 'client_secret_basic'));
    await app.herd(20);
    expect(server.tokenRequests).toHaveLength(1);
    app.clock.advance(3_600_000);
    await app.herd(20);
    expect(server.tokenRequests).toHaveLength(2);
    expect(new Set(app.sent).size).toBe(2);
  });

  it('a request gets its response with a new token when the server has forgotten the old one', async () => {
    app = await server.connect(configured(PLAIN, 'client_secret_jwt'));
    await app.call();
    const [first] = app.sent;
    await server.forget(first!);
    const [forgotten, answer] = [await server.introspect(first), await app.call()];
    expect([forgotten, answer.status]).toEqual([{ active: false }, 200]);
    expect(app.sent).toEqual([first, first, expect.not.stringMatching(first!)]);
    expect(server.tokenRequests.map(({ error }) => error)).toEqual([undefined, undefined]);
  });

  it.each(METHODS)(
    'a client with a wrong secret is refused by %s after one request with a typed error',
    async (method) => {
      const clientSecret = 'w7 %:+/wrong secret of 32 and more characters';
      app = await server.connect({ ...configured(SPECIAL, method), clientSecret });
      for (let i = 0; i < 3; i++) {
        const error = await rejection(app.call());
        expect(error).toMatchObject({
          code: 'CREDENTIALS_REJECTED',
          provider: 'acme',
          status: 401,
          error: 'invalid_client',
        });
        expectNoSecret(error, [clientSecret, SPECIAL.clientSecret]);
      }
      expectNoSecret(app.app.log.lines, [clientSecret]);
      expect([server.tokenRequests.length, app.sent]).toEqual([1, []]);
    },
  );

  it('a client secret with characters outside RFC 6749 §A.2 is refused', async () => {
    const clientSecret = 'schlüsselwort-3Fq8';
    app = await server.connect({ ...configured(PLAIN, 'client_secret_basic'), clientSecret });
    const error = await rejection(app.call());
    expect(error).toMatchObject({ code: 'TOKEN_REQUEST_REJECTED', error: 'invalid_request' });
    expectNoSecret(error, [clientSecret]);
  });
});
