import { describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/index.js';
import { definitionProblems } from '../../lib/providers/definition-problems.js';
import { rejection } from '../support/collect.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';
import { SECRET, valid } from '../support/valid-definition.js';

const fn = () => 'x';
const renewing = { grantType: 'refresh_token', refreshToken: 'r' };
const user = { grantType: 'password', username: 'u', password: 'p' };
const problems = (changes: object) => definitionProblems({ ...valid, ...changes }, 0);

describe('what a definition needs', () => {
  const missing = (changes: object) =>
    problems(changes)
      .filter(({ problem }) => problem.startsWith('is missing'))
      .map(({ field }) => field);
  const none = { clientId: undefined, clientSecret: undefined };
  const bearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

  it.each<[object, string[]]>([
    [{ ...none, grantType: 'custom' }, []],
    [{ ...none, grantType: bearer }, ['assertion']],
    [{ ...none, grantType: exchange }, ['subjectToken', 'clientId', 'clientSecret']],
    [{ ...none, grantType: 'self_signed_jwt', tokenEndpoint: undefined }, ['assertion']],
    [{ ...none, tokenEndpoint: undefined }, ['tokenEndpoint', 'clientId', 'clientSecret']],
    [{ clientAuthentication: 'private_key_jwt' }, ['clientAssertion']],
    [{ ...none, clientAuthentication: 'tls_client_auth' }, ['clientId']],
    [{ ...none, clientAuthentication: 'client_secret_jwt' }, ['clientId', 'clientSecret']],
    [{ ...none, clientAuthentication: 'client_secret_basic_raw' }, ['clientId', 'clientSecret']],
    [{ baseURL: undefined }, ['baseURL']],
    [{ baseURL: undefined, baseURLFrom: 'url', origins: ['https://a.example'] }, []],
  ])('grant and client authentication decide which members are missing: %j', (changes, fields) => {
    expect(missing(changes)).toEqual(fields);
  });

  it('a credential that is undefined is reported like an unset environment variable', () => {
    expect(problems({ clientSecret: process.env['NESTJS_OAUTH2_CLIENT_IS_NOT_SET'] })).toEqual([
      {
        provider: 'acme',
        field: 'clientSecret',
        problem:
          'is missing: its value is undefined, like that of an environment variable that is not set',
      },
    ]);
  });
  const saml = 'urn:ietf:params:oauth:grant-type:saml2-bearer';
  const self = {
    ...none,
    grantType: 'self_signed_jwt',
    tokenEndpoint: undefined,
    assertion: { key: fn },
  };

  it.each<[object, string, string]>([
    [{ credentials: { good: 'x', apiKey: '' } }, 'credentials', 'has `apiKey`, which is empty'],
    [
      { response: { capture: { good: 'x', bad: 5 } } },
      'response',
      'has `bad`, which must be a path',
    ],
    [{ origins: ['https://a.example', 'nowhere'] }, 'origins', 'has `1`, which must be'],
    [{ baseURL: undefined, baseURLFrom: 'url' }, 'baseURLFrom', 'needs `origins`'],
    [{ baseURL: undefined, baseURLFrom: 'url', origins: [] }, 'baseURLFrom', 'needs `origins`'],
    [
      { baseURL: undefined, baseURLFrom: '', origins: ['https://a.example'] },
      'baseURLFrom',
      'must be',
    ],
    [
      { baseURL: undefined, tokenEndpoint: '/t', baseURLFrom: 'a', origins: ['https://a.example'] },
      'tokenEndpoint',
      'must be',
    ],
    [{ revokeOnShutdown: true }, 'revokeOnShutdown', 'needs `revocation`'],
    [{ revokeReplaced: true }, 'revokeReplaced', 'needs `revocation`'],
    [
      { revokeReplaced: true, revocation: '/r', singleUse: true },
      'revokeReplaced',
      'has no effect on tokens that are good for one request',
    ],
    [{ ...self, assertion: 'ready-made' }, 'assertion', 'because the JWT is the token'],
    [{ ...self, use: { scheme: { tokenType: true } } }, 'use', 'no response'],
    [{ ...none, grantType: saml, assertion: { key: fn } }, 'assertion', 'must be a ready-made'],
    [{ baseURL: undefined, baseURLFrom: fn }, 'baseURLFrom', 'needs `origins`'],
    [{ parameters: { grant_type: 'x' } }, 'parameters', '`grant_type`'],
    [{ parameters: { scopes: 'x' }, scopeParameter: 'scopes' }, 'parameters', '`scopes`'],
    [
      { parameters: { client_id: 'x' }, clientAuthentication: 'client_secret_post' },
      'parameters',
      '`client_id`',
    ],
    [{ headers: { Authorization: 'x' } }, 'headers', '`Authorization`'],
    [{ headers: { 'content-type': 'x' } }, 'headers', '`content-type`'],
    [{ ...renewing, after: { a: { url: '/a' } } }, 'after', 'never logs in'],
    [{ ...renewing, before: { a: { url: '/a' } } }, 'before', 'never logs in'],
    [{ ...renewing, singleUse: true }, 'singleUse', 'never logs in'],
    [{ ...renewing, refresh: 'never' }, 'refreshToken', 'unless `refresh` says'],
    [{ grantType: 'custom', refreshToken: 'r' }, 'refreshToken', 'unless `refresh` says'],
  ])('a definition with contradicting members is refused: %j', (changes, field, words) => {
    expect(problems(changes)).toEqual([
      { provider: 'acme', field, problem: expect.stringContaining(words) },
    ]);
  });

  it.each<[object]>([
    [{ revocation: '/r', revokeOnShutdown: true }],
    [{ revocation: '/r', revokeReplaced: true }],
    [
      {
        ...none,
        grantType: 'custom',
        parameters: { grant_type: 'x', password: fn, scope: 'x' },
        scopeParameter: false,
      },
    ],
    [{ ...none, grantType: 'custom', headers: { Authorization: fn } }],
    [{ ...none, grantType: 'custom', username: 'u', password: 'p' }],
    [{ ...none, grantType: saml, assertion: 'ready-made' }],
    [{ baseURL: undefined, tokenEndpoint: fn, baseURLFrom: fn, origins: ['https://*.a.example'] }],
    [renewing],
    [{ grantType: 'custom', refreshToken: 'r', refresh: 'standard' }],
    [{ grantType: 'custom', refreshToken: 'r', refresh: { url: '/r' } }],
    [{ ...user, refreshToken: 'r', before: { a: { url: '/a' } } }],
    [{ ...user, singleUse: true }],
    [{ body: fn, headers: { 'Content-Type': 'application/xml' } }],
    [{ grantType: exchange, subjectToken: 'x', parameters: { subject_token_type: 'y' } }],
  ])('a definition with unusual but valid members is accepted: %j', (changes) => {
    expect(problems(changes)).toEqual([]);
  });
});

it('the error at start names the wrong member of a request and shows no secret', async () => {
  const before = { login: { url: '/l', headers: { 'x-key': SECRET, 'x y': SECRET } } };
  const definition = { ...valid, before, use: { headers: { 'x-a': `${SECRET}\n` } } };
  const starting = App.start({ providers: [definition] });
  const error = (await rejection(starting)) as OAuth2ClientError;
  expect(error.message).toContain('acme: `before` has `login`, which has `headers`, which must be');
  expect(error.message).toContain('acme: `use` has `headers`, which must be');
  expectNoSecret(error, [SECRET]);
});
