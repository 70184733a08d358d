import { Secret } from '../../lib/define.js';
import { JWT_ALGORITHMS } from '../../lib/oauth2/jwt.js';
import { selfSigned } from './certificate.js';
import { keyPair } from './keys.js';

const { privateKey: key } = keyPair('P-256');
const { privateKey: rsa } = keyPair('rsa-2048');
const { cert: certificate } = selfSigned('127.0.0.1', new Date('2099-01-01'));

/** A function where one may stand. */
export const fn = () => 'x';
/** Right and wrong JWTs of a definition. */
export const jwts = {
  good: [
    { key },
    { key: fn },
    'ready-made',
    fn,
    new Secret('ready-made'),
    { key: rsa, algorithm: 'PS512', keyId: 'k', certificate, lifetime: 1 },
    { key, issuer: 'i', subject: fn, audience: ['a', 'b'], claims: { a: { b: [fn] } }, header: {} },
    ...JWT_ALGORITHMS.map((algorithm) => ({ key: fn, algorithm })),
  ],
  bad: [
    ...[
      '',
      null,
      5,
      [],
      {},
      { key: undefined },
      { key: 'no key' },
      { key: rsa, algorithm: 'ES256' },
    ],
    ...[
      { key: fn, algorithm: 'RS1' },
      { key: fn, algorithm: 'toString' },
      { key, algorithm: 5 },
    ],
    ...[
      { key, keyId: '' },
      { key, certificate: 5 },
      { key, lifetime: 0 },
      { key, lifetime: '60' },
    ],
    ...[
      { key, claims: 'x' },
      { key, claims: { a: null } },
      { key, header: { a: 5 } },
      { key, kid: 'k' },
    ],
    ...[
      { key, issuer: '' },
      { key, subject: null },
      { key, audience: null },
      { key, audience: {} },
    ],
  ],
};
/** Members of any request, wherever in a definition it stands. */
export const requests = {
  good: [
    ...['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({ method })),
    ...['form', 'multipart', 'json', 'query', 'none'].map((encoding) => ({ encoding })),
    { parameters: { a: 1, b: fn, c: ['x', fn], d: new Secret('x'), e: false } },
    { encoding: 'json', parameters: { a: { b: [{ c: fn }, new Secret('x')] } } },
    { query: { a: 1, b: fn, c: new Secret('x') } },
    { headers: { 'x-a': 1, 'x-b': fn, 'x-c': new Secret('x'), authorization: 'x' } },
    { body: fn, sign: fn },
  ],
  bad: [
    ...['post', 'HEAD', '', 5, null].map((method) => ({ method })),
    ...['xml', 'JSON', '', 5, null].map((encoding) => ({ encoding })),
    ...['x', [], null, { a: null }, { a: {} }, { '': 1 }, { a: [[1]] }].map((parameters) => ({
      parameters,
    })),
    { encoding: 'json', parameters: { a: { b: null } } },
    { encoding: 'json', parameters: { a: Symbol('x') } },
    ...['x', [], null, { a: null }, { a: [1] }, { '': 1 }].map((query) => ({ query })),
    ...['x', [], { 'x a': 1 }, { 'x-a': 'a\nb' }, { 'x-a': [1] }, { host: 'x' }].map((headers) => ({
      headers,
    })),
    ...['x', {}, null].flatMap((value) => [{ body: value }, { sign: value }]),
    { unknown: 1 },
  ],
};
/** Right and wrong words for success and failure. */
export const outcomes = {
  good: [
    { success: fn },
    { success: { a: 1, 'b.c': [true, 'x', null] } },
    { failure: { a: null }, error: 'a.b', errorDescription: ['a', { header: 'x' }, fn] },
    { statuses: { 403: 'credentials', 409: 'transient' } },
    { errors: { 1: 'permanent', a: 'credentials', b: 'transient', c: 'throttled' } },
  ],
  bad: [
    ...['x', null, [], { a: {} }, { a: fn }, { a: [[{}]] }, { '': 1 }].map((success) => ({
      success,
    })),
    ...[fn, 'x', null, { a: undefined }].map((failure) => ({ failure })),
    ...['x', null, { a: 'fatal' }, { a: 1 }].map((errors) => ({ errors })),
    ...['x', null, { 99: 'permanent' }, { x: 'permanent' }, { 403: 'fatal' }].map((statuses) => ({
      statuses,
    })),
    ...['', null, 5, {}, { body: false }, { header: '' }, { cookies: 'x' }, ['a', 5]].map(
      (error) => ({ error }),
    ),
  ],
};
/** Right and wrong places in an answer. */
export const places = {
  good: [
    'a.b',
    'a.[b.c=d.e].f',
    '[a=b]',
    { header: 'x' },
    { cookie: 'x' },
    { body: true },
    ['a', fn],
    fn,
  ],
  bad: ['', 'a.[b].c', '[=b]', 'a.[b=c', null, 5, {}, { body: 1 }, { headers: 'x' }, [null]],
};
