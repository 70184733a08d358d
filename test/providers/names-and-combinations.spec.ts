import { describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/index.js';
import { values } from '../../lib/index.js';
import { definitionProblems } from '../../lib/providers/definition-problems.js';
import { rejection } from '../support/collect.js';
import { App } from '../support/nest-app.js';
import { json, ScriptedEndpoint } from '../support/scripted-endpoint.js';
import { valid } from '../support/valid-definition.js';

const { credential, response: answer, digest, hmac, extra } = values;
const problems = (changes: object) => definitionProblems({ ...valid, ...changes }, 0);
const apiKey = { credentials: { apiKey: 'k', apiSecret: 's' } };
const start = { url: '/start' };

describe('a ready-made value that refers to what the definition does not have', () => {
  it.each<[field: string, words: string[], changes: object]>([
    [
      'parameters',
      ['`parameters.a`', '`apiKee`', '`apiKey`?'],
      { parameters: { a: credential('apiKee') } },
    ],
    ['query', ['`query.a`', '`apiKee`'], { query: { a: credential('apiKee') } }],
    ['headers', ['`headers.x-a`', '`apiKee`'], { headers: { 'x-a': credential('apiKee') } }],
    ['headers', ['`username`'], { headers: { 'x-a': credential('username') } }],
    ['parameters', ['`apiKee`'], { parameters: { a: digest('md5', 'x', credential('apiKee')) } }],
    [
      'parameters',
      ['`apiKee`'],
      { parameters: { a: hmac('md5', 'k', digest('md5', credential('apiKee'))) } },
    ],
    [
      'parameters',
      ['`parameters.a.b.0`'],
      { encoding: 'json', parameters: { a: { b: [credential('x')] } } },
    ],
    [
      'before',
      ['`before.a.headers.x`', '`apiKee`'],
      { before: { a: { ...start, headers: { x: credential('apiKee') } } } },
    ],
    [
      'refresh',
      ['`refresh.parameters.a`'],
      { refresh: { parameters: { a: credential('apiKee') } } },
    ],
    [
      'revocation',
      ['`revocation.headers.a`'],
      { revocation: { url: '/r', headers: { a: credential('apiKee') } } },
    ],
    [
      'parameters',
      ['`strat`', '`start`?'],
      { before: { start }, parameters: { a: answer('strat', 'b') } },
    ],
    ['parameters', ['`start`'], { after: { start }, parameters: { a: answer('start', 'b') } }],
    [
      'before',
      ['`before.a.query.c`', '`b`'],
      { before: { a: { ...start, query: { c: answer('b', 'c') } }, b: start } },
    ],
    ['before', ['`a`'], { before: { a: { ...start, query: { c: answer('a', 'c') } } } }],
    [
      'refresh',
      ['`start`'],
      { before: { start }, refresh: { headers: { x: answer('start', 'b') } } },
    ],
    [
      'parameters',
      ['a selector that must be'],
      { before: { start }, parameters: { a: answer('start', '') } },
    ],
    [
      'parameters',
      ['joined by dots'],
      { before: { start }, parameters: { a: answer('start', 'items[0].id') } },
    ],
    ['parameters', ['may stand in `use`'], { parameters: { a: extra('host') } }],
    [
      'before',
      ['`values.accessToken`'],
      { before: { a: { ...start, query: { c: values.accessToken } } } },
    ],
    ['use', ['`values.refreshToken`'], { use: { headers: { x: values.refreshToken } } }],
    ['use', ['`start`'], { before: { start }, use: { headers: { x: answer('start', 'b') } } }],
    ['parameters', ['algorithm'], { parameters: { a: digest('sha-256' as never, 'x') } }],
    [
      'parameters',
      ['part (number 2)'],
      { parameters: { a: digest('md5', 'x', undefined as never) } },
    ],
    ['parameters', ['with a key'], { parameters: { a: hmac('md5', undefined as never, 'x') } }],
  ])(
    'a ready-made value with a wrong reference is refused at start: %s %j',
    (field, words, changes) => {
      const found = problems({ ...apiKey, ...changes });
      expect(found).toEqual([{ provider: 'acme', field, problem: expect.anything() }]);
      for (const word of words) expect(found[0]!.problem).toContain(word);
    },
  );

  it('a misspelled credential in a ready-made value gets a suggestion at start', async () => {
    const headers = { 'x-hash': digest('sha256', credential('apiKee')) };
    const error = (await rejection(
      App.start({ providers: [{ ...valid, ...apiKey, headers }] }),
    )) as OAuth2ClientError;
    expect(error.code).toBe('CONFIGURATION_INVALID');
    expect(error.message).toContain(
      'acme: `headers` uses `values.credential` at `headers.x-hash` with the name `apiKee`, but the definition has no such credential: did you mean `apiKey`?',
    );
  });

  it.each<[object]>([
    [
      {
        headers: { x: credential('apiKey') },
        parameters: { y: digest('md5', credential('clientId'), values.uuid) },
      },
    ],
    [
      {
        before: { a: start, b: { ...start, query: { c: answer('a', 'x') } } },
        query: { d: answer('b', ['x', { header: 'y' }]) },
      },
    ],
    [
      {
        before: { a: start },
        after: { b: { ...start, headers: { x: values.accessToken, y: answer('a', 'x') } } },
      },
    ],
    [{ use: { headers: { x: extra('host'), y: values.accessToken, z: values.uuid } } }],
    [
      {
        clientId: undefined,
        clientSecret: undefined,
        enabled: false,
        credentials: undefined,
        headers: { x: credential('apiKey') },
      },
    ],
  ])('a ready-made value with an existing reference is accepted: %j', (changes) => {
    expect(problems({ ...apiKey, ...changes })).toEqual([]);
  });
});

describe('a ready-made value that has nothing to give', () => {
  const failure = async (options: object, body: object = {}) => {
    const bench = new ScriptedEndpoint({ ...options }, () => json(body));
    const error = (await rejection(bench.provider.getToken())) as OAuth2ClientError;
    return { error, paths: bench.paths };
  };

  it('a value that the response of a step lacks stops the login request', async () => {
    const parameters = { nonce: answer('start', 'data.nonce') };
    const { error, paths } = await failure({ before: { start }, parameters }, { nonce: 'n' });
    expect(error.reason).toBe(
      '`parameters.nonce` of the definition failed: the response of the step `start` has nothing at `data.nonce`.',
    );
    expect(paths).toEqual(['/start']);
  });

  it('a digest with a missing part makes no request', async () => {
    const { error, paths } = await failure({
      parameters: { a: digest('md5', 'x', values.subject) },
    });
    expect(error.reason).toContain('`parameters.a` of the definition failed: part 2');
    expect(paths).toEqual([]);
  });
});

describe('a name that no member has', () => {
  it.each<[field: string, words: string, changes: object]>([
    [
      'quota',
      '`request`, which is none of requests, seconds: did you mean `requests`?',
      { quota: { request: 5, seconds: 1 } },
    ],
    ['response', 'did you mean `accessToken`?', { response: { acessToken: 'a' } }],
    ['use', 'did you mean `headers`?', { use: { heders: {} } }],
    ['use', 'has `rejected`, which has `statuses`', { use: { rejected: { statuses: [403] } } }],
    ['refresh', 'did you mean `limit`?', { refresh: { limits: 5 } }],
    ['revocation', 'did you mean `method`?', { revocation: { url: '/r', methode: 'DELETE' } }],
    ['before', 'did you mean `until`?', { before: { a: { url: '/a', untill: {} } } }],
    ['response', 'must be a path', { response: { accessToken: { header: 'a', cookie: 'b' } } }],
    ['response', 'joined by dots', { response: { accessToken: 'data[0].token' } }],
    ['response', 'joined by dots', { response: { success: { '$.code': 0 } } }],
    ['use', 'joined by dots', { use: { rejected: { body: { 'errors[0].code': 1 } } } }],
  ])('a misspelled member is refused at start: %s, %s', (field, words, changes) => {
    expect(problems(changes)).toEqual([
      { provider: 'acme', field, problem: expect.stringContaining(words) },
    ]);
  });
});

describe('members that exclude each other', () => {
  const fn = () => 'x';
  const at = (member: object) => ({ before: { a: { url: '/a', ...member } } });

  it.each<[field: string, words: string, changes: object]>([
    [
      'use',
      'has `cookie`, which must not stand beside `header`',
      { use: { cookie: 'a', header: 'x-a' } },
    ],
    ['use', 'has `queryParameter`, which', { use: { queryParameter: 'a', header: 'x-a' } }],
    ['use', 'has `queryParameter`, which', { use: { queryParameter: 'a', cookie: 'a' } }],
    ['use', 'has `scheme`, which has no effect', { use: { scheme: 'Token', cookie: 'a' } }],
    ['parameters', 'beside `body`', { body: fn, parameters: { a: 1 } }],
    ['encoding', 'beside `body`', { body: fn, encoding: 'json' }],
    [
      'before',
      'has `a`, which has `parameters`, which must not',
      at({ body: fn, parameters: { a: 1 } }),
    ],
    ['before', "beside `encoding: 'none'`", at({ encoding: 'none', parameters: { a: 1 } })],
    [
      'refresh',
      'has `parameters`, which must not',
      { refresh: { body: fn, parameters: { a: 1 } } },
    ],
    [
      'revocation',
      'has `encoding`, which',
      { revocation: { url: '/r', body: fn, encoding: 'form' } },
    ],
    ['username', "unless `grantType` is 'password'", { username: 'u' }],
    ['actorToken', 'has no effect', { actorToken: 'u' }],
    ['refresh', 'beside `singleUse`', { singleUse: true, refresh: { url: '/r' } }],
    ['refreshWindow', 'beside `singleUse`', { singleUse: true, refreshWindow: 0.5 }],
  ])('members that exclude each other are refused at start: %s, %s', (field, words, changes) => {
    expect(problems(changes)).toEqual([
      { provider: 'acme', field, problem: expect.stringContaining(words) },
    ]);
  });

  it.each<[object]>([
    [{ use: { header: 'x-a', scheme: 'Token' } }],
    [{ use: { cookie: 'a', scheme: '', header: undefined } }],
    [{ body: fn, encoding: 'none', query: { a: 1 }, headers: { 'content-type': 'text/xml' } }],
    [{ singleUse: true, refresh: 'never' }],
    [{ grantType: 'custom', username: 'u', password: 'p' }],
    [{ grantType: 'refresh_token', refreshToken: 'r', singleUse: false, revokeReplaced: false }],
    [{ enabled: false, parameters: { sign: values.hmac('sha256', undefined!, values.uuid) } }],
  ])('members that go together are accepted: %j', (changes) => {
    expect(problems(changes)).toEqual([]);
  });
});
