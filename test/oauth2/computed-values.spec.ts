import { describe, expect, it } from '@jest/globals';

import { values } from '../../lib/index.js';
import { basic, digest, hmac } from '../../lib/define.js';
import type { RequestContext, SignableRequest } from '../../lib/oauth2/request-definition.js';
import { rejection } from '../support/collect.js';
import { granted } from '../support/endpoint-bench.js';
import {
  CUSTOM,
  formOf,
  json,
  queryOf,
  requestOf,
  ScriptedEndpoint,
} from '../support/scripted-endpoint.js';
import { expectNoSecret } from '../support/secrets.js';

const SECRET = 'zQ7-vault-9Xk2-key';

describe('a value that is computed', () => {
  it('a computed value is the same throughout a request and new in the next attempt', async () => {
    let advance = () => {};
    const bench: ScriptedEndpoint = new ScriptedEndpoint(
      {
        encoding: 'json',
        parameters: { id: values.uuid, in: { it: values.uuid }, at: values.epochMilliseconds },
        headers: { 'x-id': values.uuid, 'x-at': values.epochSeconds },
        query: { at: values.isoDate, id: values.uuid },
      },
      () => {
        advance();
        return bench.requests.length === 1 ? json({}, 503) : granted();
      },
    );
    advance = () => bench.clock.advance(2_000);
    const begun = bench.clock.now();
    await bench.provider.getToken();
    expect(bench.requests).toHaveLength(2);
    const seen = bench.requests.map((request, i) => {
      const body = JSON.parse(request.body as string) as { id: string; in: object; at: number };
      const now = begun + 2_125 * i; // 2 s, and the pause after them
      expect(body).toMatchObject({ in: { it: body.id }, at: now });
      expect(request.headers['x-id']).toBe(body.id);
      expect(request.headers['x-at']).toBe(String(Math.floor(now / 1_000)));
      expect(queryOf(request)).toEqual({ at: new Date(now).toISOString(), id: body.id });
      return body.id;
    });
    expect(seen[0]).not.toBe(seen[1]);
    expect(seen[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('a computed value is new in each step and in each repetition of a step', async () => {
    const headers = { 'x-id': values.uuid, 'x-at': values.epochSeconds };
    const ready = { url: '/ready', headers, until: { done: true } };
    const bench: ScriptedEndpoint = new ScriptedEndpoint(
      { ...CUSTOM, before: { ready }, headers: { 'x-id': values.uuid } },
      ({ url }) => (url.endsWith('/ready') ? json({ done: bench.requests.length > 2 }) : granted()),
    );
    await bench.ask();
    const ids = bench.requests.map((request) => request.headers['x-id']);
    const times = bench.requests.slice(0, 3).map((request) => request.headers['x-at']);
    expect(ids).toHaveLength(4);
    expect([new Set(ids).size, new Set(times).size]).toEqual([4, 3]);
  });

  it('a value that is null in the response of a step is left out', async () => {
    const bench = new ScriptedEndpoint(
      {
        ...CUSTOM,
        before: { start: { url: '/start' } },
        parameters: { session: values.response('start', 'id'), x: 1 },
      },
      ({ url }) => (url.endsWith('/start') ? json({ id: null }) : granted()),
    );
    await bench.ask();
    expect(formOf(bench.latest)).toEqual({ x: '1' });
  });

  it('an async function may return a parameter, and undefined leaves it out', async () => {
    const { body, headers } = await requestOf({
      encoding: 'json',
      parameters: { key: async () => SECRET, none: async () => undefined },
      headers: { 'x-none': () => undefined, 'x-zero': () => 0, 'x-false': () => false },
    });
    expect(JSON.parse(body as string)).toEqual({ grant_type: 'client_credentials', key: SECRET });
    expect(headers).not.toHaveProperty('x-none');
    expect([headers['x-zero'], headers['x-false']]).toEqual(['0', 'false']);
  });

  it('a function of the definition knows credentials, subject, scope and resource', async () => {
    let seen: RequestContext | undefined;
    await requestOf(
      {
        credentials: { apiKey: ({ subject }) => `key of ${subject}` },
        resource: 'https://api.acme.example',
        headers: {
          'x-key': values.credential('apiKey'),
          'x-subject': values.subject,
          'x-all': (context) => void (seen = context),
        },
      },
      { subject: 'ama', scope: 'read' },
    );
    expect(seen).toMatchObject({
      credentials: { apiKey: 'key of ama', clientId: 'acme-client' },
      subject: 'ama',
      scope: 'read',
      resource: ['https://api.acme.example'],
      responses: {},
      accessToken: undefined,
      refreshToken: undefined,
    });
  });

  it('a function that throws is reported by the class of its error, and nothing is sent', async () => {
    const bench = new ScriptedEndpoint({
      headers: {
        'x-key': () => {
          throw new RangeError(`no ${SECRET}`);
        },
      },
    });
    const error = await rejection(bench.provider.getToken());
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: true });
    expect((error as Error).message).toContain('RangeError');
    expectNoSecret([error, bench.events], [SECRET]);
    expect(bench.requests).toHaveLength(0);
  });

  it('a computed value is masked in a vendor error that repeats it', async () => {
    const bench = new ScriptedEndpoint(
      {
        parameters: { otp: () => 'q8w7e6r5t4y3' },
        headers: { 'x-key': async () => SECRET },
        query: { signature: () => 'hJ5kL4nB3vC2' },
      },
      ({ headers, body, url }) =>
        json({ error: 'bad', message: `${headers['x-key']} ${body as string} ${url}` }, 400),
    );
    const error = await rejection(bench.provider.getToken());
    expect(error).toMatchObject({ error: 'bad' });
    expectNoSecret([error, bench.events], [SECRET, 'q8w7e6r5t4y3', 'hJ5kL4nB3vC2']);
  });
});

describe('a signature', () => {
  const sign = (request: SignableRequest, { credentials, now }: RequestContext) => ({
    headers: {
      'X-Signature': hmac('sha256', credentials['apiKey']!, `${now}\n${request.body ?? ''}`),
      'x-of': `${request.method} ${request.url} ${request.headers['x-tenant'] ?? ''}`,
    },
    query: { nonce: digest('md5', String(now)) },
  });
  const signed = { credentials: { apiKey: SECRET }, headers: { 'X-Tenant': 't' }, sign };

  it.each([
    ['form', 'grant_type=client_credentials&name=%C3%BC+%26'],
    ['json', '{"grant_type":"client_credentials","name":"ü &"}'],
  ] as const)('is made over the encoded %s, byte for byte', async (encoding, body) => {
    const bench = new ScriptedEndpoint({ ...signed, encoding, parameters: { name: 'ü &' } });
    await bench.ask();
    const { headers, url, body: sent } = bench.latest;
    expect(sent).toBe(body);
    const now = bench.clock.now();
    expect(headers['x-signature']).toBe(hmac('sha256', SECRET, `${now}\n${body}`));
    expect(headers['x-of']).toBe('POST https://auth.acme.example/token t');
    expect(headers).not.toHaveProperty('X-Signature');
    expect(queryOf({ url })).toEqual({ nonce: digest('md5', String(now)) });
  });

  it('a signature function sees the custom body and the URL with its query', async () => {
    const { headers } = await requestOf({ ...signed, query: { v: 1 }, body: () => '<xml/>' });
    expect(headers['x-of']).toBe('POST https://auth.acme.example/token?v=1 t');
  });

  it('a signature function does not see a multipart body', async () => {
    let seen: SignableRequest | undefined;
    await requestOf({ encoding: 'multipart', sign: (request) => ((seen = request), {}) });
    expect(seen).toMatchObject({ body: undefined });
  });

  it('a signature function cannot forge a header, and its promise may reject', async () => {
    for (const forged of ['a\r\nb: c', 'a\nb']) {
      const bench = new ScriptedEndpoint({ sign: () => ({ headers: { 'x-signature': forged } }) });
      expect(await rejection(bench.ask())).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
      expect(bench.requests).toHaveLength(0);
    }
    const later = await requestOf({ sign: async () => ({ headers: { 'x-signature': 'later' } }) });
    expect(later.headers['x-signature']).toBe('later');
  });
});

describe('the computations of vendors', () => {
  it.each([
    [digest('sha256', 'abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [digest('md5', 'ü', 'base64'), 'wDQQpSBLIc2CKf91RojXQw=='],
    [hmac('sha1', 'key', 'message'), '2088df74d5f2146b48146caf4965377e9d0be3a4'],
    [
      hmac('sha256', Buffer.from('key'), Buffer.from('message'), 'base64'),
      'bp7ym3X//Ft6uuUn1Y/a2y/kLnIZARl2kXNDBl9Y7Uo=',
    ],
    [basic('ü:', 'p:w'), `Basic ${Buffer.from('ü::p:w').toString('base64')}`],
  ])('digest, hmac, basic and base64 give %s', (computed, expected) => {
    expect(computed).toBe(expected);
  });
});
