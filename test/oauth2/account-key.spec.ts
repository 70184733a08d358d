import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { defineProvider, values } from '../../lib/index.js';
import { Secret } from '../../lib/define.js';
import { identityOf } from '../../lib/providers/account-identity.js';
import { accountKey, refreshTokenKey } from '../../lib/oauth2/account-key.js';
import type { Parameter, RequestValue } from '../../lib/oauth2/request-definition.js';
import type { TokenEndpoint } from '../../lib/oauth2/token-endpoint.js';
import { keyPair, pem } from '../support/keys.js';

const ENDPOINT: TokenEndpoint = {
  tokenEndpoint: 'https://vendor.example/token',
  grantType: 'password',
  scope: 'read write',
  parameters: { audience: 'a', tenant: 't' },
};
const CREDENTIALS = { clientId: 'id', clientSecret: 'secret', username: 'ama', password: 'pass' };

const key = (
  changes: Partial<TokenEndpoint> = {},
  credentials: Partial<typeof CREDENTIALS> = {},
  target = {},
) => {
  const endpoint = { ...ENDPOINT, ...changes };
  const all = { ...CREDENTIALS, ...credentials };
  return accountKey('acme', endpoint, all, target, identityOf(endpoint));
};

describe('the key of an account', () => {
  it.each([
    ['the order of scopes', key({ scope: ['write', 'read'] })],
    ['the order of parameters', key({ parameters: { tenant: 't', audience: 'a' } })],
    ['who names the scope', key({}, {}, { scope: 'write read' })],
    ['the program that asks', key({ headers: { 'User-Agent': 'app/1.0 (pod-1)' } })],
    ['where to revoke', key({ revocation: 'https://vendor.example/revoke' })],
  ])('the account key does not depend on %s', (_what, other) => {
    expect(other).toBe(key());
  });

  it.each([
    ['token endpoint', key({ tokenEndpoint: 'https://vendor.example/other' })],
    ['grant', key({ grantType: 'client_credentials' })],
    ['scope', key({ scope: 'read' })],
    ['resource', key({ resource: 'https://api.example' })],
    ['parameter', key({ parameters: { audience: 'a', tenant: 'u' } })],
    ['header', key({ headers: { 'x-tenant': 't' } })],
    ['place of the token in the response', key({ response: { accessToken: 'id_token' } })],
    ['parameter of its refresh', key({ refresh: { parameters: { tenant: 'u' } } })],
    ['subject', key({}, {}, { subject: 'ama' })],
    ['scope of the call', key({}, {}, { scope: 'admin' })],
    ['client', key({}, { clientId: 'other' })],
    ['client secret', key({}, { clientSecret: 'other' })],
    ['user', key({}, { username: 'kofi' })],
    ['password', key({}, { password: 'other' })],
    ['way to split them', key({}, { username: 'amap', password: 'ass' })],
  ])('the account key changes with its %s', (_what, other) => {
    expect(other).not.toBe(key());
  });

  it('the account key changes with the constants of its steps', () => {
    const step = (tenant: string) => ({ before: { login: { url: '/l', parameters: { tenant } } } });
    expect(key(step('a'))).not.toBe(key(step('b')));
  });

  it('the account key does not change with the User-Agent of its steps and its refresh', () => {
    const asked = (agent: string) => {
      const headers = { 'user-agent': agent, 'x-tenant': 't' };
      return { before: { login: { url: '/l', headers } }, refresh: { headers } };
    };
    expect(key(asked('app/pod-1'))).toBe(key(asked('app/pod-2')));
  });

  it('the account key differs between a list and an object', () => {
    const [object, list] = [{ a: { b: 'c' } }, { a: [['b', 'c']] }];
    expect(key({ parameters: object })).not.toBe(key({ parameters: list }));
  });

  it('the account key reveals nothing about the account', () => {
    expect(key()).toMatch(/^[\w-]{43}$/);
  });
});

describe('the key of an account whose requests are computed', () => {
  const constants = fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.boolean());
  const names = fc.string({ minLength: 1, maxLength: 6 }).filter((name) => name !== '__proto__');
  const members = fc.dictionary(names, constants, { maxKeys: 5, noNullPrototype: true });
  const where = fc.constantFrom('parameters', 'query', 'headers');

  /** The same members in the opposite order. */
  const turned = (value: Readonly<Record<string, Parameter>>) =>
    Object.fromEntries(Object.entries(value).reverse());

  it('the account key does not depend on the order of members at any depth', () => {
    fc.assert(
      fc.property(where, members, members, (member, outer, inner) => {
        const one = { ...outer, nested: inner };
        const other = turned({ ...outer, nested: turned(inner) });
        expect(key({ [member]: other })).toBe(key({ [member]: one }));
      }),
    );
  });

  it('the account key changes with each constant and with the member that has it', () => {
    fc.assert(
      fc.property(where, members, names, constants, (member, before, name, value) => {
        fc.pre(before[name] !== value);
        const after = { ...before, [name]: value };
        expect(key({ [member]: after })).not.toBe(key({ [member]: before }));
        for (const other of ['parameters', 'query', 'headers'].filter((m) => m !== member)) {
          expect(key({ [member]: after })).not.toBe(key({ [other]: after }));
        }
      }),
    );
  });

  it('the account key does not change with what functions compute', () => {
    const generated = (id: () => string) => ({
      parameters: { id, at: values.epochSeconds, nested: { id } },
      query: { id },
      headers: { 'x-id': id },
      before: { step: { url: id, headers: { 'x-id': id } } },
      assertion: { key: () => keyPair('P-256').privateKey, claims: { id } },
    });
    let n = 0;
    const one = key(generated(() => `id-${++n}`));
    expect(key(generated(() => `other-${++n}`))).toBe(one);
    expect(n).toBe(0);
  });

  it('the account key does not change when constants are wrapped as secrets', () => {
    const definition = {
      parameters: { api_key: 'k', list: ['a', { b: 'c' }] },
      query: { v: '1' },
      headers: { 'x-a': 'b' },
      assertion: { key: pem(keyPair('P-256').privateKey), issuer: 'robot' },
    };
    const hidden = defineProvider(definition as never) as unknown as Partial<TokenEndpoint>;
    expect(hidden.parameters!['api_key']).toBeInstanceOf(Secret);
    expect(key(hidden)).toBe(key(definition));
  });

  it.each<[string, Partial<TokenEndpoint>, Partial<TokenEndpoint>]>([
    [
      'key',
      { assertion: { key: keyPair('P-256').privateKey } },
      { assertion: { key: keyPair('P-384').privateKey } },
    ],
    [
      'key in PEM',
      { clientAssertion: { key: pem(keyPair('P-256').privateKey) } },
      { clientAssertion: { key: pem(keyPair('P-384').privateKey) } },
    ],
    ['issuer', { assertion: { key: 'k', issuer: 'a' } }, { assertion: { key: 'k', issuer: 'b' } }],
    [
      'claim',
      { assertion: { key: 'k', claims: { a: 'a' } } },
      { assertion: { key: 'k', claims: { a: 'b' } } },
    ],
    ['assertion', { assertion: { key: 'k' } }, { clientAssertion: { key: 'k' } }],
  ])('the account key changes with its %s', (_what, one, other) => {
    expect(key(other)).not.toBe(key(one));
    expect(key({ ...one })).toBe(key(one));
  });

  it.each(['rsa-2048', 'P-256', 'ed25519'])(
    'the account key is the same for every form of a signing key: %s',
    (kind) => {
      const { privateKey } = keyPair(kind);
      const jwk = privateKey.export({ format: 'jwk' });
      const forms = [privateKey, pem(privateKey), new Secret(pem(privateKey)), jwk];
      const keys = [...forms, JSON.stringify(jwk)].map((form) => key({ assertion: { key: form } }));
      expect(new Set(keys).size).toBe(1);
    },
  );

  it('the account key changes with a symmetric key', () => {
    const of = (k: string) => key({ clientAssertion: { key: { kty: 'oct', k } } });
    expect(of('c2VjcmV0')).not.toBe(of('b3RoZXI'));
  });

  it.each<[string, (secret: string) => RequestValue]>([
    ['key of an HMAC', (secret) => values.hmac('sha256', secret, values.epochSeconds)],
    ['salt of a digest', (secret) => values.digest('sha256', secret, values.epochSeconds)],
    ['name of a credential', (secret) => values.credential(secret)],
    ['digest in a digest', (secret) => values.digest('md5', values.digest('md5', secret))],
  ])('the account key changes with the constants of a ready-made value: %s', (_what, make) => {
    const of = (secret: string) => key({ headers: { 'x-signature': make(secret) } });
    expect(of('one')).toBe(of('one'));
    expect(of('one')).not.toBe(of('other'));
  });

  it('a ready-made value does not show its constants when it is printed', () => {
    const value = values.hmac('sha256', 's3cret-key-of-an-hmac', values.uuid);
    expect(inspect(value, { showHidden: true, depth: 9 })).not.toContain('s3cret-key');
  });

  it("the account key changes with each of the vendor's own credentials", () => {
    const of = (credentials: Record<string, string>) =>
      accountKey('acme', ENDPOINT, { ...CREDENTIALS, ...credentials }, {}, identityOf(ENDPOINT));
    expect(of({ apiKey: 'a', tenant: 't' })).toBe(of({ tenant: 't', apiKey: 'a' }));
    expect(of({ apiKey: 'b', tenant: 't' })).not.toBe(of({ apiKey: 'a', tenant: 't' }));
  });
});

describe('the key of a refresh token', () => {
  it('the key of a refresh token depends on the token, not on the path of the endpoint', () => {
    const at = (path: string) => ({ ...ENDPOINT, tokenEndpoint: `https://vendor.example${path}` });
    const one = refreshTokenKey(at('/token'), 'r-1');
    expect(refreshTokenKey(at('/v2/token'), 'r-1')).toBe(one);
    expect(refreshTokenKey(at('/token'), 'r-2')).not.toBe(one);
    expect(one).toMatch(/^[\w-]{43}$/);
  });

  it('the key of a refresh token differs between vendors', () => {
    const other = { ...ENDPOINT, tokenEndpoint: 'https://other.example/token' };
    expect(refreshTokenKey(other, 'r-1')).not.toBe(refreshTokenKey(ENDPOINT, 'r-1'));
  });
});
