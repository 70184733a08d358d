import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { ResponseDefinition, Selector } from '../../lib/define.js';
import { parseResponse } from '../../lib/oauth2/vendor-response.js';
import { readFrom, valueAt } from '../../lib/oauth2/selector.js';
import type { TransportResponse } from '../../lib/oauth2/transport.js';
import { rejection } from '../support/collect.js';
import { json, ScriptedEndpoint } from '../support/scripted-endpoint.js';

const answerOf = (answer: Partial<TransportResponse>) =>
  parseResponse({ status: 200, headers: {}, body: '', ...answer });
const read = (body: unknown, reader: Selector) => readFrom(answerOf(json(body)), reader);

async function granted(answer: ResponseDefinition, given: Partial<TransportResponse>) {
  return new ScriptedEndpoint(
    { grantType: 'password', username: 'a', password: 'b', response: answer },
    () => given,
  ).ask();
}

/** Nothing in a path may be a dot, `*` is any name, and a bracket begins a selector. */
const names = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 6 }),
    fc.constantFrom('__proto__', 'constructor', '0'),
  )
  .filter((name) => !name.includes('.') && !name.startsWith('[') && name !== '*');
const paths = fc.array(names, { minLength: 1, maxLength: 6 });
const json_ = fc.jsonValue({ maxDepth: 3 });

/** Objects in objects, with a value at a path; a place on the way may be one in a list. */
function written(path: readonly string[], value: unknown, beside: readonly unknown[]): unknown {
  return path.reduceRight<unknown>((inner, name, i) => {
    const others = Array.isArray(beside[i]) ? { other: beside[i] } : {};
    return Object.fromEntries([...Object.entries(others), [name, inner]]);
  }, value);
}

describe('a selector in a path', () => {
  const body = {
    tokens: [
      { type: 'refresh', value: 'r' },
      { type: 'access', meta: { 'api.v': 2, kind: 'x.y' } },
      { type: 'access', value: 'a', main: true, meta: { kind: 'x.y' } },
      null,
      'access',
    ],
    byName: { one: { id: 1, v: 'one' }, two: { id: 2, v: 'two' } },
  };

  it.each([
    ['tokens.[type=access].value', 'a'],
    ['tokens.[type=refresh].value', 'r'],
    ['tokens.[main=true].value', 'a'],
    ['tokens.[meta.kind=x.y].value', 'a'],
    ['byName.[id=2].v', 'two'],
    ['*.[id=1].v', 'one'],
    ['tokens.[type=access].*', 'access'],
    ['tokens.[type=other].value', undefined],
    ['tokens.[value=].type', undefined],
    ['nothing.[type=access].value', undefined],
  ])('the path %s finds %s', (path, value) => {
    expect(read(body, path)).toBe(value);
  });

  it('conditions of success and failure understand conditions in paths', async () => {
    const answer: ResponseDefinition = { failure: { 'checks.[name=login].state': 'refused' } };
    const checks = [
      { name: 'network', state: 'fine' },
      { name: 'login', state: 'refused' },
    ];
    expect(await rejection(granted(answer, json({ access_token: 'a', checks })))).toMatchObject({
      code: 'TOKEN_REQUEST_REJECTED',
    });
  });
});

describe('a path', () => {
  it('a path reads the value that was written there, whatever the names', () => {
    fc.assert(
      fc.property(paths, json_, fc.array(json_), (path, value, beside) => {
        const there = read(written(path, value, beside), path.join('.'));
        expect(JSON.stringify(there)).toEqual(JSON.stringify(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('a path reads values through lists and through `*`', () => {
    const steps = fc.array(fc.tuple(names, fc.constantFrom('name', 'list', 'any')), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(steps, fc.string(), (path, value) => {
        const body = path.reduceRight<unknown>(
          (inner, [name, kind]) =>
            kind === 'list'
              ? [null, inner]
              : Object.fromEntries([
                  ['nothing', null],
                  [name, inner],
                ]),
          value,
        );
        const text = path.map(([name, kind], i) => {
          if (kind === 'list') return '1';
          // At the end anything leads on, so the first member would be it.
          return kind === 'any' && i < path.length - 1 ? '*' : name;
        });
        // A name may be that of the member which leads nowhere.
        fc.pre(path.every(([name]) => name !== 'nothing'));
        expect(read(body, text.join('.'))).toBe(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a path finds nothing in a body without the member, and never a prototype', () => {
    const inherited = ['__proto__', 'constructor', 'toString', 'length', 'prototype', '0', 'name'];
    const bodies = [{}, { a: {} }, [], { a: [] }, null, 'text', 5, true, { a: 'text' }];
    for (const body of bodies) {
      for (const name of inherited) {
        for (const path of [name, `a.${name}`, `a.${name}.${name}`, `*.${name}`]) {
          const isLength = Array.isArray(body) || Array.isArray((body as { a?: [] } | null)?.a);
          if (isLength && name === 'length') continue; // its own member
          expect([body, path, read(body, path)]).toEqual([body, path, undefined]);
        }
      }
    }
    expect(valueAt(JSON.parse('{"__proto__": {"a": 1}}'), 'a')).toBeUndefined();
    expect(read(JSON.parse('{"__proto__": {"a": 1}}'), '__proto__.a')).toBe(1);
  });

  it('`*` takes the first member in which the rest of the path exists', () => {
    const body = { a: null, b: { other: 1 }, c: { token: 'first' }, d: { token: 'second' } };
    expect(read(body, '*.token')).toBe('first');
    expect(read([{ x: 1 }, { token: 5 }], '*.token')).toBe(5);
    expect(read(body, '*.*.token')).toBeUndefined();
  });
});

describe('an answer', () => {
  it('a response may have every member in another place', async () => {
    const tokens = await granted(
      {
        accessToken: 'data.0.token',
        expiresIn: 'data.0.ttl',
        refreshToken: { header: 'X-Refresh' },
        refreshExpiresIn: 'meta.refresh.ttl',
        tokenType: 'nothing',
        scope: 'meta.scopes',
      },
      {
        ...json({
          data: [{ token: 'abc', ttl: 60 }],
          meta: { refresh: { ttl: 120 }, scopes: ['a', 'b'] },
          token_type: 'mac',
          access_token: 'not this one',
        }),
        headers: { 'x-refresh': 'def' },
      },
    );
    expect(tokens).toMatchObject({ accessToken: 'abc', refreshToken: 'def', scope: 'a b' });
    expect(tokens.refreshExpiresAt! - tokens.expiresAt).toBe(60_000);
    expect(Object.keys(tokens.extra)).toContain('access_token');
  });

  it.each<[string, Selector, Partial<TransportResponse>]>([
    ['in a header', { header: 'X-Auth-Token' }, { headers: { 'x-auth-token': 'abc' } }],
    [
      'in a cookie',
      { cookie: 'sid' },
      { headers: { 'set-cookie': 'a=b; Path=/\nsid=abc; HttpOnly' } },
    ],
    ['in a cookie with signs', { cookie: 'sid' }, { headers: { 'set-cookie': ' sid = abc ;x' } }],
    [
      'in a cookie that is set twice, as its last value',
      { cookie: 'sid' },
      { headers: { 'set-cookie': 'sid=; Max-Age=0\nsid=abc; Path=/' } },
    ],
    ['as the whole body', { body: true }, { body: ' abc\n' }],
    ['as the whole body in JSON', { body: true }, json('abc')],
    [
      'in a form',
      'token',
      {
        body: 'x=1&token=abc',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      },
    ],
    [
      'at the second of several places',
      ['a.b', { header: 'x' }, 'c'],
      json({ a: { b: '' }, c: 'abc' }),
    ],
    ['where nothing is null', ['a', 'b'], json({ a: null, b: 'abc' })],
    [
      'where a function finds it',
      ({ text, status }) => `${text.slice(2, 4)}${status === 200 ? 'c' : ''}`,
      { body: '--ab' },
    ],
  ])('a response may have the token %s', async (_where, accessToken, answer) => {
    expect((await granted({ accessToken }, answer)).accessToken).toBe('abc');
  });

  it.each<[Selector, string]>([
    ['data.token', 'its `data.token` is missing'],
    [{ header: 'x-token' }, 'its header `x-token` is missing'],
    [{ cookie: 'sid' }, 'its cookie `sid` is missing'],
    [['a', 'b'], 'its access token is missing'],
    [() => 5, 'its access token is not a string'],
    ['list', 'its `list` is not a string'],
  ])(
    'a response without a token at %j fails with the expected place',
    async (accessToken, reason) => {
      const error = await rejection(granted({ accessToken }, json({ list: ['abc'] })));
      expect(error).toMatchObject({ code: 'TOKEN_RESPONSE_INVALID', retryable: false });
      expect((error as Error).message).toContain(reason);
    },
  );

  it('members at the top that nothing reads are in `extra`', async () => {
    const { extra } = await granted(
      { accessToken: 'token' },
      json({ token: 'abc', region: 'eu', expires_in: 5 }),
    );
    expect(extra).toEqual({ region: 'eu' });
    expect(Object.getPrototypeOf(extra)).toBeNull();
  });

  it('a response with prototype names has them as members and pollutes nothing', async () => {
    const body = '{"access_token":"abc","__proto__":{"polluted":true},"constructor":{"x":1}}';
    const { extra } = await granted({}, { body });
    expect(Object.keys(extra)).toEqual(['__proto__', 'constructor']);
    expect(extra['polluted']).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
