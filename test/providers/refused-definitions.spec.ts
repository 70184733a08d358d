import { describe, expect, it } from '@jest/globals';

import { Secret } from '../../lib/define.js';
import { definitionProblems } from '../../lib/providers/definition-problems.js';
import { keyPair } from '../support/keys.js';

const valid = {
  name: 'acme',
  tokenEndpoint: 'https://auth.acme.example/token',
  clientId: 'shop',
  clientSecret: 'x',
  baseURL: 'https://api.acme.example',
};
const { privateKey } = keyPair('P-256');
const byKey = (members: object) => ({
  clientAuthentication: 'private_key_jwt',
  clientSecret: undefined,
  clientAssertion: { key: privateKey, ...members },
});
const fields = (changes: object) =>
  definitionProblems({ ...valid, ...changes }, 0).map(({ field }) => field);

describe('a definition is refused at start', () => {
  it.each([
    'http://evil.example/',
    'ftp://evil.example/',
    'https://u:p@x.example/',
    'https://x.example/?password=x',
  ])('a definition with a step at %s is refused', (url) => {
    expect(fields({ before: { a: { url } } })).toEqual(['before']);
  });

  it.each<[string, object]>([
    ['revocation', { revocation: 'http://auth.example/revoke' }],
    ['revocation', { revocation: { url: 'http://auth.example/revoke' } }],
    ['refresh', { refresh: { url: 'http://auth.example/refresh' } }],
    ['refresh', { refresh: { limit: 1.5 } }],
    ['quota', { quota: { requests: 1.5, seconds: 1 } }],
    ['baseURLFrom', { baseURLFrom: 'a', origins: ['https://x.example'] }],
    ['clientAssertion', byKey({ certificate: 'no certificate' })],
  ])('a definition is refused for its `%s` in %j', (field, changes) => {
    expect(fields(changes)).toEqual([field]);
  });
});

describe('a definition is accepted at start', () => {
  it.each<[object]>([
    [{ issuer: new Secret('issuer') }],
    [{ subject: new Secret('s') }],
    [{ audience: new Secret('a') }],
    [{ issuer: 5 }],
  ])('a definition with claims of all types is accepted: %j', (members) => {
    expect(fields(byKey(members))).toEqual([]);
  });

  it('nested refresh parameters are accepted if the login is JSON', () => {
    const refresh = { parameters: { auth: { a: 'b' } } };
    expect(fields({ encoding: 'json', refresh })).toEqual([]);
  });
});
