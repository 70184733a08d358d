import { createSecretKey, generateKeyPairSync } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { JWT_ALGORITHMS, keyProblem } from '../../lib/oauth2/jwt.js';
import type { OAuth2ClientError } from '../../lib/index.js';
import type { JwtAlgorithm } from '../../lib/define.js';
import { rejection } from '../support/collect.js';
import { keyFor, keyPair, pem } from '../support/keys.js';
import { App } from '../support/nest-app.js';
import { ScriptedEndpoint } from '../support/scripted-endpoint.js';
import { expectNoSecret } from '../support/secrets.js';

const { privateKey, publicKey } = keyPair('rsa-2048');
const NO_KEY = 'must be a private key as PEM, JWK or KeyObject, without a passphrase';
const passphrase = {
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
} as const;

/** A key that does not do, and what is said of it. */
const WRONG: readonly (readonly [string, unknown, JwtAlgorithm | undefined, string])[] = [
  ['a public PEM', publicKey.export({ type: 'spki', format: 'pem' }), undefined, NO_KEY],
  ['a public JWK', publicKey.export({ format: 'jwk' }), undefined, NO_KEY],
  ['a public KeyObject', publicKey, undefined, 'must be a private key, but this one is public'],
  ['a key with a passphrase', privateKey.export(passphrase), undefined, NO_KEY],
  ['half a PEM', pem(privateKey).slice(0, 300), undefined, NO_KEY],
  ['JSON that is no JWK', '{"kty":"RSA","d":"nonsense-of-a-key"}', undefined, NO_KEY],
  ['text', 'a passphrase instead of a key', undefined, NO_KEY],
  ['nothing', '', undefined, NO_KEY],
  ['null', null, undefined, NO_KEY],
  ['a number', 5, undefined, NO_KEY],
  [
    'an RSA key of 1024 bits',
    keyPair('rsa-1024').privateKey,
    undefined,
    'must have at least 2048 bits',
  ],
  [
    'an RSA key of 1024 bits',
    pem(keyPair('rsa-1024').privateKey),
    'PS256',
    'must have at least 2048 bits',
  ],
  [
    'P-384 for ES256',
    keyPair('P-384').privateKey,
    'ES256',
    'must be on the curve prime256v1 for ES256',
  ],
  [
    'P-256 for ES512',
    pem(keyPair('P-256').privateKey),
    'ES512',
    'must be on the curve secp521r1 for ES512',
  ],
  ['RSA for ES256', privateKey, 'ES256', 'must be of type ec for ES256, but this one is rsa'],
  [
    'EC for EdDSA',
    keyPair('P-256').privateKey,
    'EdDSA',
    'must be of type ed25519 for EdDSA, but this one is ec',
  ],
  [
    'a secret for RS256',
    createSecretKey(Buffer.alloc(32, 7)),
    'RS256',
    'must be of type rsa for RS256, but this one is secret',
  ],
  ['RSA for HS256', privateKey, 'HS256', 'must be of type secret for HS256, but this one is rsa'],
  [
    'another curve',
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey,
    undefined,
    'must be an RSA, EC (P-256, P-384, P-521) or Ed25519 key',
  ],
  [
    'a key for encryption',
    generateKeyPairSync('x25519').privateKey,
    undefined,
    'must be an RSA, EC (P-256, P-384, P-521) or Ed25519 key',
  ],
];

const text = (key: unknown) => (typeof key === 'string' ? key : JSON.stringify(key ?? ''));

describe('a key that does not do', () => {
  const client = {
    name: 'acme',
    tokenEndpoint: 'https://auth.acme.example/token',
    clientId: 'shop',
    clientAuthentication: 'private_key_jwt',
    baseURL: 'https://api.acme.example',
  };

  it.each(WRONG)('a wrong key is refused at start: %s', async (_what, key, algorithm, problem) => {
    const definition = { ...client, clientAssertion: { key, algorithm } };
    const starting = App.start({ providers: [definition as never] });
    const error = (await rejection(starting)) as OAuth2ClientError;
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', provider: 'acme' });
    expect(error.message).toContain(`acme: \`clientAssertion\` has \`key\`, which ${problem}`);
    expectNoSecret(
      error,
      [text(key)].filter((secret) => secret.length > 30),
    );
  });

  it.each(WRONG)(
    'a wrong key from a vault fails the renewal: %s',
    async (_what, key, algorithm) => {
      const bench = new ScriptedEndpoint({
        clientAuthentication: 'private_key_jwt',
        clientSecret: undefined,
        clientAssertion: { key: () => key as string, algorithm },
      });
      const error = await rejection(bench.provider.getToken());
      expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
      expectNoSecret(
        [error, bench.events],
        [text(key)].filter((secret) => secret.length > 30),
      );
      expect(bench.requests).toHaveLength(0);
    },
  );
});

describe('whatever stands in place of a key', () => {
  it('the message about a wrong key holds nothing of it', () => {
    const wrong = fc.oneof(
      fc.string({ minLength: 12 }),
      fc.string({ minLength: 12 }).map((s) => `-----BEGIN PRIVATE KEY-----\n${s}`),
      fc.json().filter((s) => s.length > 12),
      fc.dictionary(fc.string(), fc.string({ minLength: 12 }), { noNullPrototype: true }),
    );
    fc.assert(
      fc.property(wrong, (key) => {
        const problem = keyProblem(key, undefined);
        expect(problem).toBe(NO_KEY);
      }),
    );
  });
});

describe('a key without any bytes', () => {
  it('a key without any bytes is refused', () => {
    expect(keyProblem({ kty: 'oct' }, undefined)).toBe(NO_KEY);
    expect(keyProblem({ kty: 'oct', k: '' }, 'HS256')).toBe('must not be empty');
  });
});

describe('a key that does', () => {
  it('an unknown algorithm is not reported as a problem of the key', () => {
    expect(keyProblem(privateKey, 'none' as never)).toBeUndefined();
  });

  it.each(JWT_ALGORITHMS)('a suitable key is accepted for %s', (algorithm) => {
    const isSecret = algorithm.startsWith('HS');
    const key = isSecret
      ? { kty: 'oct', k: Buffer.alloc(64, 7).toString('base64url') }
      : keyFor(algorithm as 'RS256').privateKey;
    expect(keyProblem(key, algorithm)).toBeUndefined();
    expect(keyProblem(key, undefined)).toBeUndefined();
  });
});
