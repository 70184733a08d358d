import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import type { Received } from '../support/fake-vendor.js';
import { LEDGER, OidcServer, REPORTS } from '../support/oidc-server.js';
import type { ProtectedApp } from '../support/protected-app.js';

const SHOP = { clientId: 'shop', clientSecret: 'p2F8zR5wT1yU7iO3aS9dG4hJ6kL0xC' };
const READER = { clientId: 'reader', clientSecret: 'b5N7mQ2wE9rT4yU1iO6pA8sD3fG0hJ' };

const registered = ({ clientId, clientSecret }: typeof SHOP) => ({
  client_id: clientId,
  client_secret: clientSecret,
  token_endpoint_auth_method: 'client_secret_basic',
});

describe('at a server that knows scopes and resources', () => {
  let server: OidcServer;
  let app: ProtectedApp;

  beforeAll(async () => {
    server = await OidcServer.start([registered(SHOP), { ...registered(READER), scope: 'read' }]);
  });
  beforeEach(() => void server.tokenRequests.splice(0));
  afterEach(() => app.close());
  afterAll(() => server.close());

  /** An API each: one asks the server about tokens, the other verifies them. */
  const apis = async (request: Received) => {
    if (request.path === '/reports') return server.verifying(request);
    const answer = await server.introspecting(request);
    const { aud } = 'body' in answer ? (answer.body as { aud?: string }) : {};
    return request.path !== '/ledger' || aud === LEDGER ? answer : { status: 401, body: {} };
  };
  const asked = (name: string) => server.tokenRequests.map(({ parameters }) => parameters[name]);

  describe('a scope', () => {
    it('the scope of the definition is granted, as a string or as a list', async () => {
      app = await server.connect({ ...SHOP, scope: ['read', 'write'] });
      expect((await app.call()).data['scope']).toBe('read write');
      expect(app.tokens.peek()?.scope).toBe('read write');
    });

    it('the scope of a request is granted with a token that other requests do not get', async () => {
      app = await server.connect({ ...SHOP, scope: 'read' });
      const scopes = [undefined, 'write', ['write', 'read'], 'read write', undefined, 'write'];
      const told: unknown[] = [];
      for (const scope of scopes) {
        told.push((await app.call({ oauth2: { scope } })).data['scope']);
      }
      expect(told).toEqual(['read', 'write', 'write read', 'write read', 'read', 'write']);
      expect(asked('scope')).toEqual(['read', 'write', 'write read']);
    });

    it('a scope that the client may not have is an error, and the API is not called', async () => {
      app = await server.connect({ ...READER, scope: 'read' });
      const error = await rejection(app.call({ oauth2: { scope: 'read write' } }));
      expect(error).toMatchObject({
        code: 'TOKEN_REQUEST_REJECTED',
        status: 400,
        error: 'invalid_scope',
        retryable: false,
      });
      expect(app.sent).toEqual([]);
      expect((await app.call()).data['scope']).toBe('read');
    });

    it('the token set shows a scope that the server has left out', async () => {
      app = await server.connect({ ...SHOP, scope: 'read delete' });
      await app.call();
      expect(asked('scope')).toEqual(['read']); // the server drops what it does not know
      expect((await app.tokens.getToken()).scope).toBe('read');
    });

    it('a required scope that the server leaves out is an error', async () => {
      const scope = 'read delete';
      app = await server.connect({ ...SHOP, scope, requiredScope: scope });
      expect(await rejection(app.call())).toMatchObject({
        code: 'TOKEN_RESPONSE_INVALID',
        reason: expect.stringContaining('lacks the required delete'),
      });
      expect(app.sent).toEqual([]);
    });
  });

  describe('a resource', () => {
    it('each resource has a token of its own, which only its API accepts', async () => {
      app = await server.connect({ ...SHOP, scope: 'read write delete' }, apis);
      for (let i = 0; i < 2; i++) {
        const ledger = await app.call({ url: '/ledger', oauth2: { resource: LEDGER } });
        const reports = await app.call({ url: '/reports', oauth2: { resource: [REPORTS] } });
        expect([ledger.data['aud'], reports.data['aud']]).toEqual([LEDGER, REPORTS]);
        expect(reports.data).toMatchObject({ client_id: 'shop', scope: 'read write' });
      }
      expect(asked('resource')).toEqual([LEDGER, REPORTS]);
      expect(new Set(app.sent).size).toBe(2);
      expect(
        await rejection(app.call({ url: '/reports', oauth2: { resource: LEDGER } })),
      ).toMatchObject({ response: { status: 401 } });
    });

    it('the resource of a request wins over that of the definition', async () => {
      app = await server.connect({ ...SHOP, scope: 'read', resource: REPORTS }, apis);
      expect((await app.call({ url: '/reports' })).data['aud']).toBe(REPORTS);
      const other = await app.call({ url: '/ledger', oauth2: { resource: LEDGER } });
      expect(other.data['aud']).toBe(LEDGER);
      expect(asked('resource')).toEqual([REPORTS, LEDGER]);
    });

    it('the token of each resource expires on its own and is renewed', async () => {
      app = await server.connect({ ...SHOP, scope: 'read' }, apis);
      const both = async () => {
        await app.call({ url: '/ledger', oauth2: { resource: LEDGER } });
        await app.call({ url: '/reports', oauth2: { resource: REPORTS } });
      };
      await both();
      app.tokens.invalidate({ resource: LEDGER });
      await both();
      expect(asked('resource')).toEqual([LEDGER, REPORTS, LEDGER]);
      app.clock.advance(3_600_000);
      await both();
      expect(asked('resource').slice(3)).toEqual([LEDGER, REPORTS]);
    });

    it.each([['https://unknown.example/'], [[LEDGER, REPORTS]]])(
      'a resource that the server has no token for is an error: %j',
      async (resource) => {
        app = await server.connect({ ...SHOP, scope: 'read' }, apis);
        const error = await rejection(app.call({ oauth2: { resource } }));
        expect(error).toMatchObject({
          code: 'TOKEN_REQUEST_REJECTED',
          status: 400,
          error: 'invalid_target',
        });
        expect(app.sent).toEqual([]);
      },
    );
  });
});
