import { once } from 'node:events';
import type { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import type { AxiosOptions } from '../../lib/index.js';
import type { TokenUse } from '../../lib/define.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, type Answer } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

type Rejected = NonNullable<TokenUse['rejected']>;

describe('a response in place of 401', () => {
  let vendor: FakeVendor;
  let app: App;
  let refusal: Answer;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = ({ token }) =>
      token === 'access-token-number-1' ? refusal : { body: { ok: 1 } };
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const start = async (rejected: Rejected, axios?: AxiosOptions) => {
    app = await App.start({ providers: [acme(vendor, { use: { rejected }, axios })] });
  };
  const send = (config: AxiosRequestConfig = {}) =>
    firstValueFrom(app.http('acme').request({ url: '/orders', ...config }));
  const sent = () => vendor.apiRequests.map(({ token }) => token?.at(-1));

  it('a redirect to a login page may reject the token', async () => {
    refusal = { status: 302, headers: { location: '/login' } };
    await start({ status: [302] }, { maxRedirects: 0 });
    expect((await send()).data).toEqual({ ok: 1 });
    expect(sent()).toEqual(['1', '2']);
  });

  it.each<[string, Rejected, Answer]>([
    ['by its status', { status: [403, 440] }, { status: 440 }],
    [
      'by its status, whatever its body',
      { status: [403], body: { code: 1 } },
      { status: 403, body: 'no JSON' },
    ],
    [
      'by its body, and the status is 200',
      { body: { code: 'TOKEN_EXPIRED' } },
      { body: { code: 'TOKEN_EXPIRED' } },
    ],
    [
      'by its body, and the status is 400',
      { body: { 'error.code': [190, 102] } },
      { status: 400, body: { error: { code: 190 } } },
    ],
    [
      'by its body, somewhere in a list',
      { body: { 'errors.*.id': 'auth' } },
      { status: 500, body: { errors: [{ text: 'x' }, { id: 'auth' }] } },
    ],
    [
      'by its body, in a later element of a list whose first has another value',
      { body: { 'errors.*.id': 'auth' } },
      { status: 500, body: { errors: [{ id: 'plan' }, { id: 'auth' }] } },
    ],
    [
      'by its body, which says it is text',
      { body: { code: 1 } },
      { headers: { 'content-type': 'text/html' }, body: '{"code":1}' },
    ],
    ['by 401 still', { body: { code: 1 } }, { status: 401 }],
  ])('a response of the definition rejects the token: %s', async (_how, rejected, answer) => {
    refusal = answer;
    await start(rejected);
    const response = await send();
    expect(response.data).toEqual({ ok: 1 });
    expect(sent()).toEqual(['1', '2']);
    expect(vendor.tokenRequests).toHaveLength(2);
  });

  it('a rejection may be read from bytes', async () => {
    refusal = { body: { code: 1 } };
    await start({ body: { code: 1 } });
    const response = await send({ responseType: 'arraybuffer' });
    expect(JSON.parse(String(response.data))).toEqual({ ok: 1 });
    expect(sent()).toEqual(['1', '2']);
  });

  const textOf = async (data: unknown) => {
    let text = '';
    for await (const part of data as AsyncIterable<Uint8Array>)
      text += Buffer.from(part).toString();
    return text;
  };

  it.each<[string, Answer, AxiosRequestConfig]>([
    ['with 200', { body: { code: 1 } }, {}],
    ['with 403', { status: 403, body: { code: 1 } }, {}],
    ['without a media type', { body: '{"code":1}' }, {}],
    ['over fetch', { body: { code: 1 } }, { adapter: 'fetch' }],
  ])(
    'a streamed rejection is recognised, and the caller gets the stream of the retry: %s',
    async (_how, answer, config) => {
      refusal = answer;
      await start({ body: { code: 1 } });
      const { data } = await send({ responseType: 'stream', ...config });
      expect(await textOf(data)).toBe('{"ok":1}');
      expect(sent()).toEqual(['1', '2']);
    },
  );

  it.each<[string, Answer, AxiosRequestConfig]>([
    ['JSON without a rejection', { body: { code: 2, text: 'ä'.repeat(100) } }, {}],
    [
      'JSON without a rejection, over fetch',
      { body: { code: 2, text: 'ä' } },
      { adapter: 'fetch' },
    ],
    ['a JSON text that is far too large', { body: { code: 1, more: 'x'.repeat(200_000) } }, {}],
    ['text', { headers: { 'content-type': 'text/plain' }, body: '  [broken' }, {}],
    ['a file', { headers: { 'content-type': 'application/pdf' }, body: '{"code":1}' }, {}],
    ['nothing', { body: '' }, {}],
  ])('a stream that is no rejection stays whole: %s', async (_what, answer, config) => {
    refusal = answer;
    await start({ body: { code: 1 } });
    const { data } = await send({ responseType: 'stream', ...config });
    const { body } = answer as { body: string | object };
    expect(await textOf(data)).toBe(typeof body === 'string' ? body : JSON.stringify(body));
    expect(sent()).toEqual(['1']);
  });

  it('a stream that does not begin with JSON is not held up', async () => {
    let end = () => {};
    refusal = (response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('first line');
      end = () => void response.end();
    };
    await start({ body: { code: 1 } });
    const { data } = await send({ responseType: 'stream' });
    end();
    expect(await textOf(data)).toBe('first line');
  });

  it('a broken connection is reported to the reader of the stream', async () => {
    refusal = (response, socket) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"code":', () => socket.resetAndDestroy());
    };
    await start({ body: { code: 1 } });
    const { data } = await send({ responseType: 'stream' });
    expect(await rejection(textOf(data))).toHaveProperty('message');
  });

  it('a stream that does not end is read no longer than the caller waits', async () => {
    let isClosed: Promise<unknown> | undefined;
    refusal = (response, socket) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"code":');
      isClosed = once(socket, 'close');
    };
    await start({ body: { code: 1 } });
    // On a busy machine axios's own timer may end the stream first: then the caller gets a stream that fails.
    const error = await send({ responseType: 'stream', timeout: 200 }).then(
      ({ data }) => rejection(textOf(data)),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    await isClosed;
  });

  it('a caller that destroys the stream ends the connection', async () => {
    let isClosed: Promise<unknown> | undefined;
    refusal = (response, socket) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`{"more":"${'x'.repeat(70_000)}`);
      isClosed = once(socket, 'close');
    };
    await start({ body: { code: 1 } });
    const { data } = await send({ responseType: 'stream' });
    (data as Readable).destroy();
    await isClosed;
  });

  it.each<[string, Answer]>([
    ['another code', { body: { code: 2 } }],
    ['no such member', { body: {} }],
    ['no JSON', { body: '{"code":1' }],
    ['an empty body', { body: '' }],
    ['a member of a prototype', { body: { constructor: 1 } }],
    ['a body that is far too large', { body: { code: 1, more: 'x'.repeat(70_000) } }],
  ])('a response with %s does not reject the token', async (_what, answer) => {
    refusal = answer;
    await start({ body: { code: 1, 'toString.length': 0 } });
    expect((await send()).status).toBe(200);
    expect(sent()).toEqual(['1']);
  });

  it('the caller gets the second rejection, with its status, if the new token is rejected too', async () => {
    refusal = { status: 403, body: { why: 'plan' } };
    vendor.onApi = () => refusal;
    await start({ status: [403] });
    const error = await rejection(send());
    expect(error).toMatchObject({ response: { status: 403, data: { why: 'plan' } } });
    await rejection(send());
    await rejection(send());
    expect(vendor.tokenRequests).toHaveLength(2); // one forced renewal in ten seconds
  });
});
