import { gzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import { rejection } from '../support/collect.js';
import { EndpointBench, type EndpointOptions } from '../support/endpoint-bench.js';
import { FakeVendor, type Answer } from '../support/fake-vendor.js';

const JSON_TYPE = { 'content-type': 'application/json' };

let vendor: FakeVendor;
beforeAll(async () => {
  vendor = await FakeVendor.start();
});
beforeEach(() => void (vendor.tokenRequests.length = 0));
afterAll(() => vendor.close());

/** What one request makes of an answer. */
function read(answer: Answer) {
  vendor.onToken = () => answer;
  return new EndpointBench(vendor).ask();
}

async function refusalOf(answer: Answer): Promise<OAuth2ClientError> {
  const error = await rejection(read(answer));
  expect(error).toMatchObject({ provider: 'acme', code: 'TOKEN_RESPONSE_INVALID' });
  return error as OAuth2ClientError;
}

describe('an answer without a token set', () => {
  const html = '<html><body>Please log in, quote-me-not</body></html>';
  it.each<[string, Answer]>([
    ['an HTML page', { headers: { 'content-type': 'text/html' }, body: html }],
    ['an HTML page that calls itself JSON', { headers: JSON_TYPE, body: html }],
    ['broken JSON', { headers: JSON_TYPE, body: '{"access_token": "quote-me-not", "expi' }],
    ['an empty body', { headers: JSON_TYPE, body: '' }],
    ['204', { status: 204 }],
    ['a JSON string', { headers: JSON_TYPE, body: '"quote-me-not"' }],
    ['a JSON number', { headers: JSON_TYPE, body: '5' }],
    ['null', { headers: JSON_TYPE, body: 'null' }],
    ['a list', { headers: JSON_TYPE, body: '[{"access_token":"quote-me-not"}]' }],
  ])('a response that is %s is a temporary error that quotes nothing', async (_what, answer) => {
    const error = await refusalOf(answer);
    expect(error).toMatchObject({ stage: 'token response', retryable: true });
    expect(error.message).toMatch(/answered 20[04] to .*, but with /);
    expect(error.message).not.toContain('quote-me-not');
  });

  it('a response without a token is not cached', async () => {
    vendor.onToken = () => ({ headers: { 'content-type': 'text/html' }, body: html });
    const bench = new EndpointBench(vendor);
    await rejection(bench.provider.getToken());
    expect(bench.provider.peek()).toBeUndefined();
    vendor.onToken = () => vendor.grant();
    bench.clock.advance(1_000);
    await expect(bench.provider.getToken()).resolves.toBeDefined();
  });
});

describe('an answer whose access token', () => {
  it('an access token may have 32,768 characters, and a longer one is refused', async () => {
    const longest = 't'.repeat(32_768);
    expect((await read({ body: { access_token: longest } })).accessToken).toBe(longest);
    const error = await refusalOf({ body: { access_token: `${longest}t` } });
    expect(error.message).toContain('is longer than 32768 characters');
  });

  it.each([
    ['is absent', {}, 'is missing'],
    ['is null', { access_token: null }, 'is missing'],
    ['is empty', { access_token: '' }, 'is empty'],
    ['is blank', { access_token: ' ' }, 'characters'],
    ['is a number', { access_token: 123 }, 'not a string'],
    ['is an object', { access_token: {} }, 'not a string'],
    ['is a list', { access_token: ['a'] }, 'not a string'],
    ['forges a header', { access_token: 'tok\r\nX-Evil: 1' }, 'characters'],
    ['ends with a line break', { access_token: 'tok\n' }, 'characters'],
    ['has a NUL', { access_token: 'tok\0' }, 'characters'],
    ['has a DEL', { access_token: 'tok\x7f' }, 'characters'],
    ['has a tab', { access_token: 'tok\tk' }, 'characters'],
    ['has a blank', { access_token: 'tok k' }, 'characters'],
    ['has a line separator', { access_token: 'tok\u2028' }, 'characters'],
    ['has an emoji', { access_token: 'tok😀' }, 'characters'],
    ['has a Latin-1 letter', { access_token: 'tokü' }, 'characters'],
    ['is 70 KiB long', { access_token: 'a'.repeat(70 * 1024) }, '32768'],
  ])(
    'an access token that %s is refused permanently and not quoted',
    async (_what, members, told) => {
      const error = await refusalOf({ body: members });
      expect(error).toMatchObject({ stage: 'token response', status: 200, retryable: false });
      expect(error.message).toContain('`access_token`');
      expect(error.message).toContain(told);
      expect(error.message).not.toMatch(/tok\W|aaaa/);
    },
  );

  it.each([
    ['is 16 KiB long', 'a'.repeat(16 * 1024)],
    ['is a JWT', 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJhIn0.c2ln'],
    ['has all characters that headers carry', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
  ])('an access token that %s is used as it is', async (_what, accessToken) => {
    expect((await read({ body: { access_token: accessToken } })).accessToken).toBe(accessToken);
  });

  it.each([
    '{"__proto__":{"access_token":"x"}}',
    '{"constructor":{"prototype":{"access_token":"x"}}}',
  ])('a token in the prototype member of %s is ignored and pollutes nothing', async (body) => {
    const error = await refusalOf({ headers: JSON_TYPE, body });
    expect(error.message).toContain('is missing');
    expect(({} as Record<string, unknown>)['access_token']).toBeUndefined();
  });
});

describe('an app whose Object.prototype somebody polluted', () => {
  const everyObject: unknown = Object.getPrototypeOf({});
  const pollute = (name: string) =>
    Object.defineProperty(everyObject, name, { value: 'x', configurable: true, writable: true });
  afterEach(() => {
    for (const name of ['access_token', 'error'])
      Reflect.deleteProperty(everyObject as object, name);
  });

  it('a polluted Object.prototype does not provide a token', async () => {
    pollute('access_token');
    expect((await refusalOf({ body: {} })).message).toContain('is missing');
  });

  it('a polluted Object.prototype does not provide an error', async () => {
    pollute('error');
    expect(await refusalOf({ body: {} })).toMatchObject({ error: undefined, status: 200 });
  });
});

describe('the other members of an answer', () => {
  it('further members of a response are kept without a prototype', async () => {
    const { extra } = await read({
      headers: JSON_TYPE,
      body: '{"access_token":"t","instance_url":"https://eu","id":{"a":1},"__proto__":{"x":1},"toString":5}',
    });
    expect(extra).toEqual(
      Object.assign(Object.create(null), {
        instance_url: 'https://eu',
        id: { a: 1 },
        ['__proto__']: { x: 1 },
        toString: 5,
      }),
    );
    expect(Object.getPrototypeOf(extra)).toBeNull();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    expect(() => ((extra as Record<string, unknown>)['more'] = 1)).toThrow(TypeError);
  });

  it('a response may have hundreds of further members', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`m${i}`, i]));
    const { extra } = await read({ body: { access_token: 't', ...many } });
    expect(Object.keys(extra)).toHaveLength(500);
  });
});

describe('the token type', () => {
  it.each([undefined, null, 'Bearer', 'bearer', 'BEARER', 'Bearer ', ' bearer'])(
    '%j is sent as Bearer',
    async (token_type) => {
      const tokens = await read({ body: { access_token: 't', token_type } });
      expect(tokens.authorization).toBe('Bearer t');
    },
  );

  it.each(['mac', 'N_A', 'DPoP', '', 5, ['Bearer'], { type: 'Bearer' }, true])(
    '%j is not understood, so the token is not used',
    async (token_type) => {
      const error = await refusalOf({ body: { access_token: 'token', token_type } });
      expect(error.message).toContain('`token_type`');
      expect(error.retryable).toBe(false);
    },
  );
});

describe('the encoding of an answer', () => {
  const body = 'access_token=form-token&token_type=bearer&expires_in=60&scope=a+b';

  it.each([
    ['application/x-www-form-urlencoded', body],
    ['application/x-www-form-urlencoded; charset=utf-8', body],
    ['Application/X-WWW-Form-URLEncoded', body],
  ])('a response may be a form: %s', async (contentType, body) => {
    const tokens = await read({ headers: { 'content-type': contentType }, body });
    expect([tokens.accessToken, tokens.scope]).toEqual(['form-token', 'a b']);
  });

  it.each(['text/plain', 'text/html', 'application/octet-stream', ''])(
    'is JSON by its content, whatever %j says',
    async (contentType) => {
      const headers = { 'content-type': contentType };
      const tokens = await read({ headers, body: '{"access_token":"t"}' });
      expect(tokens.accessToken).toBe('t');
    },
  );

  it('a response may begin with a byte order mark', async () => {
    const tokens = await read({ headers: JSON_TYPE, body: '\ufeff{"access_token":"t"}' });
    expect(tokens.accessToken).toBe('t');
  });

  it('a response may be compressed', async () => {
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    const tokens = await read({ headers, body: gzipSync('{"access_token":"zipped"}') });
    expect(tokens.accessToken).toBe('zipped');
  });
});

describe('a refresh token in the answer', () => {
  const PASSWORD = { grantType: 'password', username: 'u', password: 'p' } as const;
  const refreshTokenOf = async (refresh_token: unknown, options: EndpointOptions) => {
    vendor.onToken = () => vendor.grant({ refresh_token });
    return (await new EndpointBench(vendor, options).ask()).refreshToken;
  };

  it('a refresh token for client credentials is ignored', async () => {
    expect(await refreshTokenOf('refresh-token', {})).toBeUndefined();
    const bench = new EndpointBench(vendor);
    await bench.provider.getToken();
    bench.clock.advance(3_600_000);
    await bench.provider.getToken();
    const grants = vendor.tokenRequests.map(({ form }) => form['grant_type']);
    expect(new Set(grants)).toEqual(new Set(['client_credentials']));
  });

  it('a refresh token for a password login is kept', async () => {
    expect(await refreshTokenOf('a|refresh:token', PASSWORD)).toBe('a|refresh:token');
  });

  it('a refresh token is ignored with `refresh: never`', async () => {
    vendor.onToken = () => vendor.grant({ refresh_token: 'refresh-token' });
    const bench = new EndpointBench(vendor, { ...PASSWORD, refresh: 'never' });
    await bench.provider.getToken();
    bench.clock.advance(3_600_000);
    await bench.provider.getToken();
    expect(vendor.tokenRequests.map(({ form }) => form['grant_type'])).toEqual([
      'password',
      'password',
    ]);
  });

  it.each(['', null, 5, {}, 'with\r\nbreaks', 'with\0'])(
    'to a password is as good as absent: %j',
    async (refresh_token) => {
      expect(await refreshTokenOf(refresh_token, PASSWORD)).toBeUndefined();
    },
  );
});

describe('the size of an answer', () => {
  const answer = (members: object) => ({ body: JSON.stringify({ access_token: 't', ...members }) });
  const values = (length: number) => answer({ list: Array.from({ length }, () => 1) });
  const levels = (depth: number) => ({
    body: `{"access_token":"t","x":${'['.repeat(depth)}${']'.repeat(depth)}}`,
  });

  it.each<[string, Answer, Answer]>([
    ['20,000 values', values(19_000), values(20_001)],
    ['64 levels', levels(63), levels(65)],
  ])(
    'a response may have %s, and more is refused before it is parsed',
    async (_what, most, more) => {
      expect((await read(most)).accessToken).toBe('t');
      expect((await refusalOf(more)).reason).toMatch(/too large/);
    },
  );

  it('brackets and commas in texts do not count towards the size of a response', async () => {
    const text = '[{,\\"'.repeat(10_000);
    expect((await read(answer({ text }))).accessToken).toBe('t');
  });

  it('a refresh token may have 16,384 characters and a scope 8,192', async () => {
    const ask = (members: object) => {
      vendor.onToken = () => answer(members);
      return new EndpointBench(vendor, {
        grantType: 'password',
        username: 'u',
        password: 'pw',
      }).ask();
    };
    const [refresh_token, scope] = ['r'.repeat(16_384), 's'.repeat(8_192)];
    const tokens = await ask({ refresh_token, scope });
    expect([tokens.refreshToken, tokens.scope]).toEqual([refresh_token, scope]);
    for (const [name, value, limit] of [
      ['refresh_token', `${refresh_token}r`, '16384'],
      ['scope', `${scope}s`, '8192'],
    ] as const) {
      const error = (await rejection(ask({ [name]: value }))) as OAuth2ClientError;
      expect(error.code).toBe('TOKEN_RESPONSE_INVALID');
      expect(error.reason).toContain(`\`${name}\` is longer than ${limit} characters`);
    }
  });

  it('members that do not fit into `extra` are left out, with one warning', async () => {
    vendor.onToken = () => answer({ first: 'kept', huge: 'x'.repeat(100_000), last: 'kept, too' });
    const bench = new EndpointBench(vendor);
    for (const _time of [1, 2]) {
      expect({ ...(await bench.ask()).extra }).toEqual({ first: 'kept', last: 'kept, too' });
    }
    expect(bench.events.filter(({ type }) => type === 'extra.cut')).toHaveLength(1);
  });
});
