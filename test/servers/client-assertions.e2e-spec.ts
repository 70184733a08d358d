import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { Secret } from '../../lib/define.js';
import { rejection } from '../support/collect.js';
import { OidcServer, type TokenRequest } from '../support/oidc-server.js';
import type { ProtectedApp } from '../support/protected-app.js';
import { expectNoSecret } from '../support/secrets.js';

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ed = () => generateKeyPairSync('ed25519').privateKey;

const KEYS = {
  RS256: { key: rsa(), other: rsa() },
  PS256: { key: rsa(), other: rsa() },
  ES256: { key: ec(), other: ec() },
  EdDSA: { key: ed(), other: ed() },
} as const;
type Algorithm = keyof typeof KEYS;
const ALGORITHMS = Object.keys(KEYS) as Algorithm[];

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const FORMATS = {
  PEM: pem,
  'PEM in a Secret': (key: KeyObject) => new Secret(pem(key)),
  JWK: (key: KeyObject) => key.export({ format: 'jwk' }),
  'JWK as JSON': (key: KeyObject) => JSON.stringify(key.export({ format: 'jwk' })),
  KeyObject: (key: KeyObject) => key,
  'function of a vault': (key: KeyObject) => () => Promise.resolve(pem(key)),
};
type Format = keyof typeof FORMATS;

/** The parts of a private key that nobody may see. */
function secretsOf(key: KeyObject): string[] {
  const lines = pem(key)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('-'));
  return [...lines.slice(-3), key.export({ format: 'jwk' }).d!];
}

/** The server takes nothing but this algorithm from this client. */
const registered = (alg: Algorithm) => ({
  client_id: `shop with ${alg}`,
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: alg,
  jwks: {
    keys: [{ ...createPublicKey(KEYS[alg].key).export({ format: 'jwk' }), kid: `${alg}-2026` }],
  },
});

const configured = (algorithm: Algorithm, clientAssertion: object) => ({
  clientId: `shop with ${algorithm}`,
  clientAuthentication: 'private_key_jwt',
  clientAssertion: { algorithm, ...clientAssertion },
});

function claimsOf({ parameters }: TokenRequest): Record<string, unknown> {
  const [, claims] = parameters['client_assertion']!.split('.');
  return JSON.parse(Buffer.from(claims!, 'base64url').toString()) as Record<string, unknown>;
}

describe('a client with a key', () => {
  let server: OidcServer;
  let app: ProtectedApp;

  beforeAll(async () => void (server = await OidcServer.start(ALGORITHMS.map(registered))));
  beforeEach(() => void server.tokenRequests.splice(0));
  afterEach(() => app.close());
  afterAll(() => server.close());

  const cases = ALGORITHMS.flatMap((algorithm) =>
    (Object.keys(FORMATS) as Format[]).map((format) => ({ algorithm, format })),
  );
  it.each(cases)(
    'a client is authenticated by $algorithm with a $format key',
    async ({ algorithm, format }) => {
      const key = FORMATS[format](KEYS[algorithm].key);
      app = await server.connect(configured(algorithm, { key }));
      const { status, data } = await app.call();
      expect([status, data['client_id']]).toEqual([200, `shop with ${algorithm}`]);
      const [request] = server.tokenRequests;
      expect(request!.authorization).toBeUndefined();
    },
  );

  it.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'a client with a key need not name %s, because the key determines it',
    async (alg) => {
      app = await server.connect(configured(alg, { key: KEYS[alg].key, algorithm: undefined }));
      expect((await app.call()).status).toBe(200);
    },
  );

  it.each(ALGORITHMS)(
    'a client with another %s key is refused after one request with a typed error',
    async (algorithm) => {
      const { key, other } = KEYS[algorithm];
      app = await server.connect(configured(algorithm, { key: other }));
      for (let i = 0; i < 3; i++) {
        const error = await rejection(app.call());
        expect(error).toMatchObject({
          code: 'CREDENTIALS_REJECTED',
          provider: 'acme',
          status: 401,
          error: 'invalid_client',
        });
        expectNoSecret(error, [...secretsOf(key), ...secretsOf(other)]);
      }
      const [request] = server.tokenRequests;
      expectNoSecret(app.app.log.lines, [request!.parameters['client_assertion']!]);
      expect([server.tokenRequests.length, app.sent]).toEqual([1, []]);
    },
  );

  it('a client with the right key and an unsupported algorithm is refused', async () => {
    const { key } = KEYS.PS256;
    app = await server.connect(configured('PS256', { key, algorithm: 'RS256' }));
    expect(await rejection(app.call())).toMatchObject({ error: 'invalid_client', status: 401 });
  });

  it('a client is authenticated with the `kid` of its key and refused with another', async () => {
    const { key } = KEYS.ES256;
    app = await server.connect(configured('ES256', { key, keyId: 'ES256-2026' }));
    expect((await app.call()).status).toBe(200);
    await app.close();
    app = await server.connect(configured('ES256', { key, keyId: 'ES256-2025' }));
    expect(await rejection(app.call())).toMatchObject({ error: 'invalid_client', status: 401 });
  });

  it('a client assertion for another audience is refused', async () => {
    const { key } = KEYS.EdDSA;
    app = await server.connect(configured('EdDSA', { key, audience: 'https://other.example/' }));
    expect(await rejection(app.call())).toMatchObject({ error: 'invalid_client', status: 401 });
    await app.close();
    app = await server.connect(configured('EdDSA', { key, audience: server.url }));
    expect((await app.call()).status).toBe(200);
  });

  it('each client assertion is signed anew, because the server accepts none twice', async () => {
    app = await server.connect(configured('ES256', { key: KEYS.ES256.key }));
    for (let i = 0; i < 3; i++) {
      expect((await app.call()).status).toBe(200);
      app.tokens.invalidate();
    }
    const ids = server.tokenRequests.map((request) => claimsOf(request)['jti']);
    expect(new Set(ids).size).toBe(3);
    const [first] = server.tokenRequests;
    expect(await server.ask(first!.parameters)).toMatchObject({ error: 'invalid_client' });
  });
});
