import { describe, expect, it } from '@jest/globals';

import { Secret } from '../../lib/define.js';
import { definitionProblems } from '../../lib/providers/definition-problems.js';
import { fn, jwts, outcomes, places, requests } from '../support/definition-values.js';

const valid = {
  name: 'acme',
  tokenEndpoint: 'https://auth.acme.example/token',
  clientId: 'shop',
  clientSecret: 'x',
  baseURL: 'https://api.acme.example',
};
const step = (members: object) => ({ login: { url: '/login', ...members } });
const PLACES = [
  'accessToken',
  'expiresIn',
  'refreshToken',
  'refreshExpiresIn',
  'tokenType',
  'scope',
];

const TABLE: Record<string, { good: unknown[]; bad: unknown[] }> = {
  method: { good: ['GET', 'PUT'], bad: ['get', '', 5, null] },
  query: { good: [{ a: 1 }], bad: ['a=1', { a: {} }, null] },
  body: { good: [fn], bad: ['<xml/>', null] },
  sign: { good: [fn], bad: ['x', {}, null] },
  credentials: {
    good: [{}, { apiKey: 'x', b: fn, c: new Secret('x') }],
    bad: ['x', null, [], { a: '' }, { a: ' ' }, { a: 5 }, { a: undefined }],
  },
  scopeParameter: { good: ['scopes', false], bad: ['', true, 5, null] },
  scopeSeparator: { good: [',', '+'], bad: ['', 5, null] },
  clientAssertion: jwts,
  assertion: jwts,
  before: {
    good: [
      {},
      ...requests.good.map(step),
      ...outcomes.good.map((answer) => step({ response: answer })),
      step({ until: { a: 1 } }),
      step({ url: fn }),
      step({ response: { capture: { a: 'b', c: { header: 'x' } } } }),
    ],
    bad: [
      ...['x', null, [], { a: 'x' }, { a: {} }, { a: { url: '' } }, { a: { url: 5 } }],
      ...requests.bad.map(step),
      ...outcomes.bad.map((answer) => step({ response: answer })),
      ...[
        { until: 'x' },
        { until: { a: {} } },
        { response: { accessToken: 'x' } },
        { response: { capture: { a: 5 } } },
        { grantType: 'custom' },
      ].map(step),
    ],
  },
  after: { good: [step({})], bad: [step({ method: 'x' }), step({ url: undefined })] },
  response: {
    good: [
      {},
      ...outcomes.good,
      ...PLACES.flatMap((place) => places.good.map((value) => ({ [place]: value }))),
    ],
    bad: [
      ...['x', null, [], { token: 'x' }, ...outcomes.bad],
      ...PLACES.flatMap((place) => places.bad.map((value) => ({ [place]: value }))),
    ],
  },
  refresh: {
    good: [
      {},
      ...requests.good,
      {
        url: '/r',
        grantType: 'custom',
        clientAuthentication: 'none',
        limit: 1,
        undocumented: true,
        prolongs: true,
      },
      { url: fn },
    ],
    bad: [
      ...['', 'often', 5, null, [], ...requests.bad],
      ...[{ url: '' }, { url: 5 }, { grantType: 'password' }, { clientAuthentication: 'x' }],
      ...[
        { limit: 0 },
        { limit: '1' },
        { limit: NaN },
        { undocumented: 'yes' },
        { prolongs: 1 },
        { response: {} },
      ],
    ],
  },
  revocation: {
    good: [
      '/revoke',
      'https://a.example/r',
      ...requests.good.map((r) => ({ url: '/r', ...r })),
      { url: fn, clientAuthentication: 'client_secret_post' },
    ],
    bad: [
      '',
      5,
      null,
      [],
      {},
      { url: '' },
      { url: '/r', limit: 1 },
      ...requests.bad.map((r) => ({ url: '/r', ...r })),
    ],
  },
  concurrency: { good: [1, 5, 1_000], bad: ['5', null, 0, -1, 1.5, 1_001, NaN, Infinity, {}] },
  quota: {
    good: [
      { requests: 1, seconds: 1 },
      { requests: 1_000_000, seconds: 2_592_000 },
    ],
    bad: [
      ...['x', null, 5, {}, { requests: 1 }, { seconds: 1 }, { requests: 0, seconds: 1 }],
      ...[
        { requests: 1, seconds: 0 },
        { requests: '1', seconds: 1 },
        { requests: NaN, seconds: 1 },
      ],
      ...[
        { requests: 1, seconds: Infinity },
        { requests: 1, seconds: 1, minutes: 1 },
      ],
    ],
  },
  use: {
    good: [
      ...[
        {},
        { scheme: '' },
        { scheme: 'Token' },
        { scheme: { tokenType: true } },
        { header: 'X-A' },
        { cookie: 'sid' },
        { queryParameter: 'key' },
      ],
      { headers: { 'x-a': 'b', 'x-b': new Secret('b'), 'x-c': fn }, sign: fn },
      { rejected: { status: [403], body: { 'a.b': [1, 'x'] } } },
      { rejected: {} },
    ],
    bad: [
      ...[
        'x',
        null,
        [],
        { scheme: 'a b' },
        { scheme: 5 },
        { scheme: {} },
        { scheme: { tokenType: 'x' } },
        { header: '' },
        { header: 'a b' },
        { header: 'Host' },
      ],
      ...[
        { cookie: '' },
        { cookie: 'a;b' },
        { cookie: 'a=b' },
        { queryParameter: '' },
        { queryParameter: 5 },
      ],
      ...[{ headers: { 'x-a': 'a\r\nb' } }, { headers: 'x' }, { sign: 'x' }, { rejected: 403 }],
      ...[
        { rejected: { status: 403 } },
        { rejected: { status: ['403'] } },
        { rejected: { status: [401, 302] } },
        { rejected: { body: 'x' } },
        { bearer: true },
      ],
    ],
  },
  singleUse: { good: [true, false], bad: ['yes', 1, null] },
  revokeReplaced: { good: [false], bad: [true, 'yes', null] },
  defaultLifetime: { good: [1, Infinity], bad: [0, -Infinity, NaN, '300', null] },
  tokenEndpoint: { good: ['https://a.example/t', '/t', fn], bad: ['t', 5, null, {}] },
  revokeOnShutdown: { good: [false], bad: [true, 'yes', null] },
  subject: { good: [fn], bad: ['ama', {}, null] },
  origins: {
    good: [['https://*.acme.example'], ['https://*.acme.example:8443/v1']],
    bad: [
      ['https://*'],
      ['https://*.example'],
      ['https://a.*.example'],
      ['https://eu*.acme.example'],
      ['https://*.*.acme.example'],
      ['http://*.acme.example'],
      ['https://*.x..example'],
      ['https://*.127.0.0.1'],
    ],
  },
  baseURL: { good: ['https://a.example'], bad: ['https://*.acme.example'] },
};

const problems = (changes: object) => definitionProblems({ ...valid, ...changes }, 0);

describe.each(Object.entries(TABLE))('a definition with `%s`', (field, { good, bad }) => {
  it('valid values are accepted', () => {
    for (const value of good) expect([value, problems({ [field]: value })]).toEqual([value, []]);
  });

  it('other values are refused with provider and member and without the value', () => {
    for (const value of bad) {
      const found = problems({ [field]: value });
      expect([value, found]).toEqual([
        value,
        [{ provider: 'acme', field, problem: expect.stringMatching(/^(must|has|needs|is) /) }],
      ]);
    }
  });
});
