import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Secret } from '../../lib/define.js';
import type { Parameter } from '../../lib/oauth2/request-definition.js';
import { rejection } from '../support/collect.js';
import { EndpointBench, granted, type EndpointOptions } from '../support/endpoint-bench.js';
import { FakeVendor, type Received } from '../support/fake-vendor.js';
import {
  AUTH,
  CUSTOM,
  formOf,
  queryOf,
  requestOf,
  ScriptedEndpoint,
} from '../support/scripted-endpoint.js';
import { expectNoSecret } from '../support/secrets.js';

const texts = fc.string({ unit: 'grapheme', maxLength: 20 });
const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((name) => name !== '__proto__');
const scalars = fc.oneof(texts, fc.integer(), fc.boolean());
/** What a form can hold: a value, or a list of them. */
const flat = fc.dictionary(names, fc.oneof(scalars, fc.array(scalars, { maxLength: 3 })));

/** The pairs that a form of such members is made of. */
function pairs(members: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(members).flatMap(([name, value]) =>
    [value].flat().map((item): [string, string] => [name, String(item)]),
  );
}

describe('on the wire', () => {
  let vendor: FakeVendor;
  beforeEach(async () => {
    vendor = await FakeVendor.start();
  });
  afterEach(() => vendor.close());

  async function received(options: EndpointOptions): Promise<Received> {
    await new EndpointBench(vendor, { ...CUSTOM, ...options }).ask();
    return vendor.tokenRequests[0]!;
  }

  it.each(['GET', 'POST', 'PUT', 'DELETE'] as const)('the method may be %s', async (method) => {
    const request = await received({ method, parameters: { key: 'a b&c' } });
    const inUrl = method === 'GET' || method === 'DELETE';
    expect(request.method).toBe(method);
    expect(Object.fromEntries(request.query)).toEqual(inUrl ? { key: 'a b&c' } : {});
    expect(request.text).toBe(inUrl ? '' : 'key=a+b%26c');
    const form = 'application/x-www-form-urlencoded';
    expect(request.headers['content-type']).toBe(inUrl ? undefined : form);
  });

  it('a list is a repeated parameter in a form, in multipart and in a URL', async () => {
    const parameters = { id: ['a', 2, true] };
    const form = await received({ parameters });
    expect(form.text).toBe('id=a&id=2&id=true');
    vendor.tokenRequests.length = 0;
    const inUrl = await received({ parameters, encoding: 'query' });
    expect([...inUrl.query]).toEqual(pairs(parameters));
    expect([inUrl.text, inUrl.method]).toEqual(['', 'POST']);
    vendor.tokenRequests.length = 0;
    const { body, headers } = await received({ parameters, encoding: 'multipart' });
    const type = headers['content-type'] ?? '';
    const parts = await new Response(body, { headers: { 'content-type': type } }).formData();
    expect([...parts]).toEqual(pairs(parameters));
  });

  it('JSON keeps nested objects, lists and types', async () => {
    const parameters = {
      auth: {
        passwordCredentials: { password: new Secret('p'), at: () => 5, none: () => undefined },
      },
      scopes: ['a', { name: 'b' }, () => undefined],
      flags: [true, 2],
    };
    const { text, headers } = await received({ encoding: 'json', parameters });
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(text)).toEqual({
      auth: { passwordCredentials: { password: 'p', at: 5 } },
      scopes: ['a', { name: 'b' }],
      flags: [true, 2],
    });
  });

  it('a custom body is sent as it is, with the content type of the headers', async () => {
    const { text, headers, query } = await received({
      credentials: { apiKey: 'a<b' },
      headers: { 'Content-Type': 'application/xml' },
      query: { v: 2 },
      body: ({ credentials }) => `<login key="${credentials['apiKey']}" name="ü"/>`,
    });
    expect(text).toBe('<login key="a<b" name="ü"/>');
    expect(headers['content-type']).toBe('application/xml');
    expect([...query]).toEqual([['v', '2']]);
  });

  it('a header that a function computes cannot forge another', async () => {
    for (const value of ['a\r\nx-evil: 1', 'a\nb', 'a\0', 'ключ']) {
      const bench = new EndpointBench(vendor, { headers: { 'x-tenant': () => value } });
      const error = await rejection(bench.provider.getToken());
      expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
      expectNoSecret(
        error,
        [value].filter((text) => text.length >= 8),
      );
    }
    expect(vendor.tokenRequests).toHaveLength(0);
  });
});

describe('whatever the parameters', () => {
  const known = new Set(['scope', 'resource']);
  const members = flat.filter((record) => !Object.keys(record).some((name) => known.has(name)));

  it('a form carries any parameters in their order', async () => {
    await fc.assert(
      fc.asyncProperty(members, async (parameters) => {
        const { body } = await requestOf({ ...CUSTOM, parameters });
        expect([...new URLSearchParams(body as string)]).toEqual(pairs(parameters));
      }),
    );
  });

  it('a URL carries any parameters after its own, and the body carries none', async () => {
    await fc.assert(
      fc.asyncProperty(members, fc.boolean(), async (parameters, hasQuery) => {
        const tokenEndpoint = `${AUTH}/token${hasQuery ? '?v=1' : ''}`;
        const { url, body } = await requestOf({
          ...CUSTOM,
          tokenEndpoint,
          encoding: 'query',
          parameters,
        });
        const own: [string, string][] = hasQuery ? [['v', '1']] : [];
        expect([...new URL(url).searchParams]).toEqual([...own, ...pairs(parameters)]);
        expect(body).toBeUndefined();
      }),
    );
  });

  it('JSON carries any parameters at any depth', async () => {
    const { tree } = fc.letrec<{ tree: Parameter }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        scalars,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, tree, { noNullPrototype: true }),
        async (parameters) => {
          const { body } = await requestOf({ ...CUSTOM, encoding: 'json', parameters });
          expect(JSON.parse(body as string)).toEqual(JSON.parse(JSON.stringify(parameters)));
        },
      ),
    );
  });

  it('the encoding `none` carries no parameters', async () => {
    const request = await requestOf({ encoding: 'none', parameters: { a: 'b' } });
    expect([request.body, request.url]).toEqual([undefined, `${AUTH}/token`]);
    expect(request.headers).not.toHaveProperty('content-type');
  });
});

it('a parameter with a prototype name is sent like any other', async () => {
  const { body } = await requestOf({ ...CUSTOM, parameters: { ['__proto__']: 'x', a: 'b' } });
  expect(body).toBe('__proto__=x&a=b');
});

describe('parameters in the URL', () => {
  it('query parameters are sent beside a form and replace nothing', async () => {
    const request = await requestOf({ parameters: { a: 1 }, query: { a: 2, b: () => 'x y' } });
    expect(queryOf(request)).toEqual({ a: '2', b: 'x y' });
    expect(formOf(request)).toEqual({ grant_type: 'client_credentials', a: '1' });
  });
});

describe('the scope', () => {
  it('a scope may have another parameter name and another separator', async () => {
    const scope = ['read', 'write'];
    const request = await requestOf({ scope, scopeParameter: 'scopes', scopeSeparator: ',' });
    expect(formOf(request)).toEqual({ grant_type: 'client_credentials', scopes: 'read,write' });
  });

  it('the scope of a call is joined with the same separator', async () => {
    const request = await requestOf({ scopeSeparator: '+' }, { scope: 'b a' });
    expect(formOf(request)['scope']).toBe('b+a');
  });

  it.each([undefined, 'read,write'])(
    'with another separator has what is required of it: %j is answered',
    async (scope) => {
      const options = { scope: ['read', 'write'], scopeSeparator: ',', requiredScope: 'write' };
      const bench = new ScriptedEndpoint(options, () => granted({ scope }));
      expect((await bench.ask()).scope).toBe('read write');
    },
  );

  it('a scope without a parameter is known to functions', async () => {
    const request = await requestOf({
      scope: 'read',
      scopeParameter: false,
      headers: { 'x-scope': ({ scope }) => scope },
    });
    expect(formOf(request)).toEqual({ grant_type: 'client_credentials' });
    expect(request.headers['x-scope']).toBe('read');
  });
});
