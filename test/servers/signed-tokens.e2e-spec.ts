import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { afterEach, describe, expect, it } from '@jest/globals';
import { jwtVerify, type JWTVerifyOptions } from 'jose';

import { defineProvider, type ProviderDefinition } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import { ProtectedApp, type Check } from '../support/protected-app.js';
import { expectNoSecret } from '../support/secrets.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;

const KEYS: Readonly<Record<string, KeyObject>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: ec('P-256'),
  ES384: ec('P-384'),
  ES512: ec('P-521'),
  EdDSA: generateKeyPairSync('ed25519').privateKey,
};
const ALGORITHMS = Object.keys(KEYS);

/** An API that verifies tokens by a public key, and answers with what they say. */
function verifying(key: KeyObject, options: JWTVerifyOptions): Check {
  return ({ token }) =>
    jwtVerify(token ?? '', createPublicKey(key), options).then(
      ({ payload, protectedHeader }) => ({ body: { ...payload, header: protectedHeader } }),
      () => ({ status: 401, body: {} }),
    );
}

describe('a token that is signed here', () => {
  let app: ProtectedApp;

  const connect = (check: Check, assertion: object) =>
    ProtectedApp.start(check, (api) =>
      defineProvider({
        name: 'acme',
        grantType: 'self_signed_jwt',
        clientId: 'shop',
        assertion: { audience: 'https://api.example/', ...assertion },
        ...api,
      } as ProviderDefinition),
    );
  const rules = (algorithm: string): JWTVerifyOptions => ({
    algorithms: [algorithm],
    issuer: 'shop',
    subject: 'shop',
    audience: 'https://api.example/',
    typ: 'JWT',
    requiredClaims: ['jti'],
    maxTokenAge: 60,
    clockTolerance: 2,
  });

  afterEach(() => app.close());

  it.each(ALGORITHMS)(
    'another implementation accepts a self-signed token with %s',
    async (algorithm) => {
      const key = KEYS[algorithm]!;
      app = await connect(verifying(key, rules(algorithm)), { key, algorithm, keyId: 'key-1' });
      const { data } = await app.call();
      expect(data['header']).toEqual({ alg: algorithm, typ: 'JWT', kid: 'key-1' });
      expect(Number(data['exp']) - Number(data['iat'])).toBe(3_600);
    },
  );

  it.each(ALGORITHMS)(
    'another implementation refuses a self-signed token with %s of another key',
    async (algorithm) => {
      const [key, other] = [KEYS[algorithm]!, KEYS[algorithm === 'EdDSA' ? 'ES256' : 'EdDSA']!];
      app = await connect(verifying(other, {}), { key, algorithm });
      expect(await rejection(app.call())).toMatchObject({ response: { status: 401 } });
    },
  );

  it('a self-signed token is used until it expires, and then signed again', async () => {
    const [key, lifetime] = [KEYS['ES256']!, 600];
    app = await connect(verifying(key, rules('ES256')), { key, lifetime });
    await app.herd(10);
    expect(new Set(app.sent).size).toBe(1);
    app.clock.advance(599_000);
    app.clock.setWall(-599_000); // the API has the time of this machine
    const [{ data }] = (await app.herd(10)) as [Awaited<ReturnType<typeof app.call>>];
    expect(new Set(app.sent).size).toBe(2);
    expect(Number(data['exp']) - Number(data['iat'])).toBe(600);
  });

  it('a self-signed token has the claims of the definition for its subject', async () => {
    const key = KEYS['EdDSA']!;
    const bodyHash = createHash('sha256').update('terms').digest('hex');
    app = await connect(verifying(key, { issuer: 'https://shop.example', subject: 'ama' }), {
      key,
      issuer: 'https://shop.example',
      audience: ['https://api.example/', 'https://other.example/'],
      claims: { scope: 'read write', bodyHash },
      header: { 'x-tenant': 'north' },
    });
    const { data } = await app.call({ oauth2: { subject: 'ama' } });
    expect(data).toMatchObject({
      aud: ['https://api.example/', 'https://other.example/'],
      scope: 'read write',
      bodyHash,
      header: { alg: 'EdDSA', 'x-tenant': 'north' },
    });
    const error = await rejection(app.call({ oauth2: { subject: 'kofi' } }));
    expect(error).toMatchObject({ response: { status: 401 } });
    expectNoSecret(error, [app.sent.at(-1)!, key.export({ format: 'jwk' }).d!]);
  });
});
