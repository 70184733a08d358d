import { createHash, X509Certificate } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jwtVerify, type JWTVerifyOptions } from 'jose';

import { publicKeyFingerprint, Secret, type JwtAlgorithm } from '../../lib/define.js';
import { JWT_ALGORITHMS } from '../../lib/oauth2/jwt.js';
import { CLIENT_ID } from '../support/acme.js';
import { selfSigned } from '../support/certificate.js';
import { granted, type EndpointOptions } from '../support/endpoint-bench.js';
import { claimsOf, headerOf, keyFor, keyPair, pem } from '../support/keys.js';
import { AUTH, formOf, json, requestOf, ScriptedEndpoint } from '../support/scripted-endpoint.js';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASYMMETRIC = JWT_ALGORITHMS.filter((name) => !name.startsWith('HS'));

/** A client that shows who it is by a JWT. */
function byKey(clientAssertion: NonNullable<EndpointOptions['clientAssertion']>): EndpointOptions {
  return { clientAuthentication: 'private_key_jwt', clientSecret: undefined, clientAssertion };
}

const expected = (bench: ScriptedEndpoint, algorithm: string): JWTVerifyOptions => ({
  algorithms: [algorithm],
  audience: `${AUTH}/token`,
  issuer: CLIENT_ID,
  subject: CLIENT_ID,
  typ: 'JWT',
  maxTokenAge: 1,
  requiredClaims: ['exp', 'iat', 'jti'],
  currentDate: new Date(bench.clock.now()),
});

describe('private_key_jwt', () => {
  it.each(ASYMMETRIC)('private_key_jwt sends a JWT that only %s verifies', async (algorithm) => {
    const { privateKey, publicKey } = keyFor(algorithm as 'RS256');
    const bench = new ScriptedEndpoint(byKey({ key: pem(privateKey), algorithm, keyId: 'k-1' }));
    await bench.ask();
    const { client_assertion: jwt, ...others } = formOf(bench.latest);
    expect(others).toEqual({ grant_type: 'client_credentials', client_assertion_type: TYPE });
    const verified = await jwtVerify(jwt!, publicKey, expected(bench, algorithm));
    expect(verified.protectedHeader).toEqual({ alg: algorithm, typ: 'JWT', kid: 'k-1' });
    expect(verified.payload.exp! - verified.payload.iat!).toBe(60);
    expect(bench.latest.headers).not.toHaveProperty('authorization');
    const other = { ...expected(bench, algorithm), audience: 'https://other.example' };
    await expect(jwtVerify(jwt!, publicKey, other)).rejects.toThrow('aud');
  });

  it.each<[string, JwtAlgorithm]>([
    ['rsa-2048', 'RS256'],
    ['P-256', 'ES256'],
    ['P-384', 'ES384'],
    ['P-521', 'ES512'],
    ['ed25519', 'EdDSA'],
  ])('private_key_jwt with a %s key signs with %s by default', async (kind, algorithm) => {
    const request = await requestOf(byKey({ key: keyPair(kind).privateKey }));
    expect(headerOf(formOf(request)['client_assertion']!)['alg']).toBe(algorithm);
  });

  const { privateKey, publicKey } = keyPair('P-256');
  const rsa = keyPair('rsa-2048').privateKey;
  const jwk = privateKey.export({ format: 'jwk' });
  it.each([
    ['PKCS #8', pem(privateKey)],
    ['SEC 1', pem(privateKey, 'sec1')],
    ['PKCS #1', pem(rsa, 'pkcs1')],
    ['a Secret', new Secret(pem(privateKey))],
    ['a JWK', jwk],
    ['a JWK in JSON', `\n ${JSON.stringify(jwk)}`],
    ['a KeyObject', privateKey],
    ['a function', () => privateKey],
    ['a vault', async () => new Secret(JSON.stringify(jwk))],
  ])('private_key_jwt accepts a key as %s', async (what, key) => {
    const bench = new ScriptedEndpoint(byKey({ key }));
    await bench.ask();
    const jwt = formOf(bench.latest)['client_assertion']!;
    const [algorithm, by] = what === 'PKCS #1' ? ['RS256', rsa] : ['ES256', privateKey];
    const verifier = by === rsa ? keyPair('rsa-2048').publicKey : publicKey;
    await jwtVerify(jwt, verifier, expected(bench, algorithm));
  });

  it('private_key_jwt identifies the certificate by its SHA-256', async () => {
    const { key, cert } = selfSigned('127.0.0.1', new Date('2100-01-01'));
    const bench = new ScriptedEndpoint(byKey({ key, certificate: cert }));
    await bench.ask();
    const jwt = formOf(bench.latest)['client_assertion']!;
    const digest = createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');
    expect(headerOf(jwt)).toEqual({ alg: 'ES256', typ: 'JWT', 'x5t#S256': digest });
    await jwtVerify(jwt, new X509Certificate(cert).publicKey, expected(bench, 'ES256'));
  });

  it('the options of a client assertion replace its default claims', async () => {
    const request = await requestOf({
      ...byKey({
        key: privateKey,
        issuer: ({ credentials }) => `${credentials['clientId']}@acme`,
        subject: 'robot',
        audience: ['https://a.example', 'https://b.example'],
        lifetime: 5,
        claims: { jti: 'mine', roles: ['a', { b: () => 'c' }], nbf: undefined as never },
        header: { typ: 'JOSE', cty: 'x' },
      }),
    });
    const jwt = formOf(request)['client_assertion']!;
    expect(headerOf(jwt)).toEqual({ alg: 'ES256', typ: 'JOSE', cty: 'x' });
    const claims = claimsOf(jwt);
    expect(claims).toEqual({
      iss: `${CLIENT_ID}@acme`,
      sub: 'robot',
      aud: ['https://a.example', 'https://b.example'],
      iat: claims['iat'],
      exp: (claims['iat'] as number) + 5,
      jti: 'mine',
      roles: ['a', { b: 'c' }],
    });
  });

  it('each attempt gets a new client assertion, and each renewal reads the key once', async () => {
    const keys = [keyPair('P-256'), keyPair('P-384')];
    let used = 0;
    const bench: ScriptedEndpoint = new ScriptedEndpoint(
      byKey({ key: () => keys[used++]!.privateKey }),
      () => (bench.requests.length === 1 ? json({}, 503) : granted()),
    );
    await bench.provider.getToken();
    bench.provider.invalidate();
    await bench.provider.getToken();
    const jwts = bench.requests.map((request) => formOf(request)['client_assertion']!);
    expect(jwts.map((jwt) => headerOf(jwt)['alg'])).toEqual(['ES256', 'ES256', 'ES384']);
    expect(new Set(jwts.map((jwt) => claimsOf(jwt)['jti'])).size).toBe(3);
    await jwtVerify(jwts[2]!, keys[1]!.publicKey, expected(bench, 'ES384'));
  });
});

describe('the identifier of a JWT', () => {
  const { privateKey: key } = keyPair('P-256');

  it('two revocation requests carry different JWT identifiers', async () => {
    const bench = new ScriptedEndpoint(
      {
        ...byKey({ key }),
        grantType: 'password',
        username: 'ama',
        password: 'p',
        revocation: '/revoke',
      },
      () => granted({ refresh_token: 'refresh' }),
    );
    await bench.provider.getToken();
    await bench.provider.revoke();
    const ids = bench.requests.map((r) => claimsOf(formOf(r)['client_assertion']!)['jti']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });

  it('two assertions of one request carry different JWT identifiers', async () => {
    const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const form = formOf(await requestOf({ ...byKey({ key }), grantType, assertion: { key } }));
    const [grant, client] = [form['assertion']!, form['client_assertion']!].map(claimsOf);
    expect(grant!['jti']).not.toBe(client!['jti']);
  });
});

describe('client_secret_jwt', () => {
  it('client_secret_jwt signs with the secret, whatever its characters, and does not send it', async () => {
    const secrets = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        secrets.filter((secret) => secret.trim() !== ''),
        async (clientSecret) => {
          const bench = new ScriptedEndpoint({
            clientAuthentication: 'client_secret_jwt',
            clientSecret,
          });
          await bench.ask();
          const { client_assertion: jwt, ...others } = formOf(bench.latest);
          expect(others).toEqual({ grant_type: 'client_credentials', client_assertion_type: TYPE });
          const key = new TextEncoder().encode(clientSecret);
          await jwtVerify(jwt!, key, expected(bench, 'HS256'));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('client_secret_basic_raw', () => {
  it('client_secret_basic encodes id and secret, and client_secret_basic_raw does not', async () => {
    const client = { clientId: 'a b@c', clientSecret: 'p+q/ü=' };
    const of = async (clientAuthentication: EndpointOptions['clientAuthentication']) => {
      const { headers, body } = await requestOf({ ...client, clientAuthentication });
      expect(body).toBe('grant_type=client_credentials');
      return Buffer.from(headers['authorization']!.slice('Basic '.length), 'base64').toString();
    };
    expect(await of('client_secret_basic_raw')).toBe('a b@c:p+q/ü=');
    expect(await of('client_secret_basic')).toBe('a+b%40c:p%2Bq%2F%C3%BC%3D');
  });
});

describe('tls_client_auth', () => {
  it('tls_client_auth sends only the client identifier', async () => {
    const request = await requestOf({
      clientAuthentication: 'tls_client_auth',
      clientSecret: undefined,
    });
    expect(formOf(request)).toEqual({ grant_type: 'client_credentials', client_id: CLIENT_ID });
  });
});

describe('the fingerprint of a public key', () => {
  it('publicKeyFingerprint is the same for every form of a key', () => {
    const { privateKey, publicKey } = keyPair('rsa-2048');
    const der = publicKey.export({ type: 'spki', format: 'der' });
    const fingerprint = `SHA256:${createHash('sha256').update(der).digest('base64')}`;
    for (const key of [privateKey, pem(privateKey), privateKey.export({ format: 'jwk' })]) {
      expect(publicKeyFingerprint(key)).toBe(fingerprint);
    }
  });
});
