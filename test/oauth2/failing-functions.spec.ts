import { describe, expect, it } from '@jest/globals';

import { OAuth2ClientError, values } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import type { EndpointOptions } from '../support/endpoint-bench.js';
import { granted } from '../support/endpoint-bench.js';
import { CUSTOM, json, ScriptedEndpoint } from '../support/scripted-endpoint.js';
import { expectNoSecret } from '../support/secrets.js';

const SECRET = 'hunter2hunter2';
const fail = () => {
  throw new Error(`password=${SECRET}`);
};
/** What a definition in JavaScript may do, and its types forbid. */
const returns = (value: unknown) => (() => value) as () => never;
const failureOf = async (bench: ScriptedEndpoint) =>
  (await rejection(bench.provider.getToken())) as OAuth2ClientError;

describe('a function of the definition that throws', () => {
  it.each<[member: string, EndpointOptions]>([
    ['before.a.url', { before: { a: { url: fail } } }],
    ['before.a.headers.x-b', { before: { a: { url: '/a', headers: { 'x-b': fail } } } }],
    ['parameters.a', { parameters: { a: fail } }],
    ['parameters.a.b.0', { encoding: 'json', parameters: { a: { b: [fail] } } }],
    ['headers.x-a', { headers: { 'x-a': fail } }],
    ['query.a', { query: { a: fail } }],
    ['body', { body: fail }],
    ['sign', { sign: fail }],
    ['assertion.key', { grantType: 'self_signed_jwt', assertion: { key: fail } }],
  ])(
    'a function that throws before a request is named, and nothing is sent: %s',
    async (member, options) => {
      const bench = new ScriptedEndpoint(options);
      const error = await failureOf(bench);
      expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: true });
      expect(error.message).toContain(`\`${member}\``);
      expect(error.message).toContain('threw (Error)');
      expect(bench.requests).toEqual([]);
      expectNoSecret([error, bench.events], [SECRET]);
    },
  );

  it.each<[member: string, EndpointOptions]>([
    ['response.accessToken', { response: { accessToken: fail } }],
    ['response.expiresIn', { response: { expiresIn: ['no.such', fail] } }],
    ['response.capture.host', { response: { capture: { host: fail } } }],
    ['response.success', { response: { success: fail } }],
    ['before.a.response.success', { before: { a: { url: '/a', response: { success: fail } } } }],
  ])('a function that throws while it reads a 200 is named: %s', async (member, options) => {
    const bench = new ScriptedEndpoint(options);
    const error = await failureOf(bench);
    expect(error).toMatchObject({ code: 'TOKEN_RESPONSE_INVALID', status: 200, retryable: false });
    expect(error.reason).toContain(`\`${member}\` of the definition threw (Error)`);
    expectNoSecret([error, bench.events], [SECRET]);
  });

  it('a function that fails on the page of a proxy is a temporary error', async () => {
    const page = { status: 200, headers: {}, body: '<html>Please wait</html>' };
    const bench = new ScriptedEndpoint({ response: { accessToken: fail } }, () => page);
    expect(await failureOf(bench)).toMatchObject({
      code: 'TOKEN_RESPONSE_INVALID',
      retryable: true,
    });
  });

  it.each<[member: string, EndpointOptions]>([
    ['response.error', { response: { error: fail } }],
    ['response.errorDescription', { response: { errorDescription: fail } }],
  ])(
    'a function that throws while it reads a failure does not hide the status: %s',
    async (member, options) => {
      for (const [status, code, retryable] of [
        [500, 'TOKEN_ENDPOINT_UNAVAILABLE', true],
        [503, 'TOKEN_ENDPOINT_UNAVAILABLE', true],
        [429, 'THROTTLED', true],
        [401, 'CREDENTIALS_REJECTED', false],
        [404, 'TOKEN_REQUEST_REJECTED', false],
      ] as const) {
        const bench = new ScriptedEndpoint({ ...CUSTOM, ...options }, () => json({}, status));
        const error = await failureOf(bench);
        expect(error).toMatchObject({ code, status, retryable });
        expect(error.reason).toContain(`\`${member}\` of the definition threw (Error).`);
        expect(bench.events).toContainEqual(
          expect.objectContaining({
            type: 'token.failed',
            error: expect.objectContaining({ reason: error.reason }),
          }),
        );
        expectNoSecret([error, bench.events], [SECRET]);
      }
    },
  );

  it('a failing token selector does not hide the vendor error', async () => {
    const answer = { accessToken: fail, refreshToken: fail };
    for (const status of [500, 200]) {
      const script = () => json({ error: 'server_error' }, status);
      const error = await failureOf(new ScriptedEndpoint({ ...CUSTOM, response: answer }, script));
      expect(error).toMatchObject({ code: 'TOKEN_ENDPOINT_UNAVAILABLE', error: 'server_error' });
      expect(error.message).not.toContain('accessToken');
    }
  });

  it('a failing error selector does not spoil a success', async () => {
    const bench = new ScriptedEndpoint({ response: { error: fail } });
    expect((await bench.ask()).accessToken).toBe('token');
  });

  it('a function that throws in a revocation is a typed error', async () => {
    const bench = new ScriptedEndpoint({ revocation: { url: fail } });
    await bench.provider.getToken();
    const error = await rejection(bench.provider.revoke());
    expect(error).toBeInstanceOf(OAuth2ClientError);
    expect((error as Error).message).toContain('`revocation.url` of the definition threw');
    expectNoSecret([error, bench.events], [SECRET]);
  });
});

describe('a function of the definition that returns what it must not return', () => {
  const step = (url: unknown) => ({ before: { a: { url: returns(url) } } });

  it.each<[member: string, returned: string, EndpointOptions]>([
    ['before.a.url', 'undefined', step(undefined)],
    ['before.a.url', 'an empty string', step('')],
    ['before.a.url', 'a promise', step(Promise.resolve('/a'))],
    ['before.a.url', 'a text that is not an absolute URL, nor a path', step('undefined/sessions')],
    ['before.a.url', 'a text that is not an absolute URL, nor a path', step('//other.example/a')],
    ['before.a.url', 'not https', step('http://api.acme.example/a')],
    ['before.a.url', 'not https', step('ftp://api.acme.example/a')],
    ['before.a.url', 'credentials in it', step('https://u:p@api.acme.example/a')],
    ['body', 'undefined instead of a string', { body: returns(undefined) }],
    ['body', 'an object instead of a string', { body: returns({}) }],
    ['sign', 'undefined instead of an object', { sign: returns(undefined) }],
    ['sign', 'a string instead of an object', { sign: returns('x') }],
    ['sign', 'an object with `header`', { sign: returns({ header: {} }) }],
    [
      'sign',
      '`headers` in which `x-a` is undefined',
      { sign: returns({ headers: { 'x-a': undefined } }) },
    ],
    ['sign', '`headers` that is not a plain object', { sign: returns({ headers: new Headers() }) }],
    ['parameters.a', 'an object', { parameters: { a: returns({ b: 1 }) } }],
    ['parameters.a', 'a function', { parameters: { a: values.credential as never } }],
    ['parameters.a', 'NaN', { parameters: { a: returns(Number(undefined)) } }],
    ['parameters.a', 'a list', { parameters: { a: returns([{}]) } }],
    ['parameters.a.b', 'a bigint', { encoding: 'json', parameters: { a: { b: returns(5n) } } }],
    ['query.a', 'an object', { query: { a: returns({}) } }],
    ['headers.x-a', 'a list', { headers: { 'x-a': returns(['a', 'b']) } }],
    ['headers', 'the value of the header `x-a`', { headers: { 'x-a': returns('a\nb') } }],
    [
      'assertion.subject',
      'an object',
      {
        grantType: 'self_signed_jwt',
        assertion: { key: { kty: 'oct', k: 'aaaa' }, subject: returns({ a: Symbol('x') }) },
      },
    ],
  ])(
    'a function with a wrong return value makes no request: %s, %s',
    async (member, returned, options) => {
      const bench = new ScriptedEndpoint(options);
      const error = await failureOf(bench);
      expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
      expect(error.message).toContain(`\`${member}\` of the definition`);
      expect(error.message).toContain(returned);
      expect(bench.requests).toEqual([]);
    },
  );

  it('a revocation function without a URL sends nothing, also not to the token endpoint', async () => {
    const revocation = { url: returns(undefined), method: 'DELETE' as const };
    const bench = new ScriptedEndpoint({ revocation });
    await bench.provider.getToken();
    const error = await rejection(bench.provider.revoke());
    expect((error as Error).message).toContain('`revocation.url` of the definition failed');
    expect(bench.paths).toEqual(['/token']);
  });

  it.each<[member: string, EndpointOptions]>([
    ['response.accessToken', { response: { accessToken: returns(Promise.resolve('x')) } }],
    ['response.success', { response: { success: returns(Promise.resolve(true)) } }],
    ['response.expiresIn', { response: { expiresIn: returns(() => 5) } }],
  ])('a selector function with a wrong return value is named: %s', async (member, options) => {
    const error = await failureOf(new ScriptedEndpoint(options));
    expect(error).toMatchObject({ code: 'TOKEN_RESPONSE_INVALID' });
    expect(error.reason).toContain(`\`${member}\` of the definition failed: it returned a`);
  });
});

describe('a function that reads a name which the definition does not declare', () => {
  it.each<[string, EndpointOptions]>([
    ['credential `keey`', { parameters: { a: ({ credentials }) => `x${credentials['keey']}` } }],
    ['step `start`', { parameters: { a: ({ responses }) => responses['start']?.text } }],
    [
      'credential `keey`',
      { sign: ({ url }, { credentials }) => ({ headers: { a: url + credentials['keey'] } }) },
    ],
  ])('a function that reads an undeclared name makes no request: %s', async (what, options) => {
    const bench = new ScriptedEndpoint({ ...options, credentials: { key: 'k' } });
    const error = await failureOf(bench);
    expect(error.message).toContain(`declares no ${what}`);
    expect(bench.requests).toEqual([]);
  });

  it('a function may test for a name, and read standard credentials that are not set', async () => {
    const parameters: EndpointOptions['parameters'] = {
      a: ({ credentials }) => String('keey' in credentials),
      b: ({ credentials }) => credentials['username'],
      c: ({ credentials }) => Object.keys(credentials).join(' '),
    };
    const bench = new ScriptedEndpoint({ parameters }, () => granted());
    await bench.provider.getToken();
    const form = new URLSearchParams(String(bench.latest.body));
    expect([form.get('a'), form.has('b'), form.get('c')]).toEqual([
      'false',
      false,
      'clientId clientSecret',
    ]);
  });
});
