import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import fc from 'fast-check';
import LegacyFormData from 'form-data';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

describe('the body of a request whose token was rejected', () => {
  let vendor: FakeVendor;
  let clock: ManualClock;
  let app: App;

  const post = (data: unknown, config: AxiosRequestConfig = {}) =>
    firstValueFrom(app.http('acme').post('/orders', data, config));

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new ManualClock();
    app = await App.start({ runtime: { clock }, providers: [acme(vendor)] });
    await app.tokens('acme').getToken();
    vendor.revokeAll();
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const bytes = Buffer.from([0, 255, 10, 13, 128, 65]);
  const files = () => {
    const form = new FormData();
    form.append('name', 'Ama & Söhne');
    form.append('file', new Blob([bytes], { type: 'image/png' }), 'a.png');
    return form;
  };

  it.each([
    ['a string', () => 'a=1&b=ü'],
    ['an empty string', () => ''],
    ['nothing', () => undefined],
    ['an object', () => ({ amount: 12.5, tags: ['ü', '\u2028'] })],
    ['a Buffer', () => bytes],
    ['a typed array', () => new Uint8Array(bytes)],
    ['an ArrayBuffer', () => new Uint8Array(bytes).buffer],
    ['URLSearchParams', () => new URLSearchParams({ a: '1 2', b: 'ü&=' })],
    ['a Blob', () => new Blob([bytes])],
  ])('a body is sent again byte for byte if it is %s', async (_what, body) => {
    await post(body());
    const [first, replay, ...more] = vendor.apiRequests;
    expect([first?.token, replay?.token, more]).toEqual([
      'access-token-number-1',
      'access-token-number-2',
      [],
    ]);
    expect(replay?.body.equals(first!.body)).toBe(true);
    expect(replay?.headers['content-type']).toBe(first?.headers['content-type']);
    expect(replay?.headers['content-length']).toBe(first?.headers['content-length']);
  });

  it('a FormData body is sent again with the same parts', async () => {
    await post(files());
    const parts = await Promise.all(
      vendor.apiRequests.map(async ({ body, headers }) => {
        const type = headers['content-type'] ?? '';
        const form = await new Response(body, { headers: { 'content-type': type } }).formData();
        const file = form.get('file') as File;
        return [form.get('name'), file.name, file.type, Buffer.from(await file.arrayBuffer())];
      }),
    );
    const sent = ['Ama & Söhne', 'a.png', 'image/png', bytes];
    expect(parts).toEqual([sent, sent]);
  });

  it('URLSearchParams are sent again if they reach the adapter unchanged', async () => {
    await post(new URLSearchParams({ a: 'ü' }), { adapter: 'fetch', transformRequest: [] });
    expect(vendor.apiRequests.map(({ text }) => text)).toEqual(['a=%C3%BC', 'a=%C3%BC']);
  });

  it('a body that is sent again is transformed only once', async () => {
    let transformed = 0;
    await post(
      { a: 1 },
      {
        transformRequest: (data: object) => {
          transformed++;
          return `wrapped:${JSON.stringify(data)}`;
        },
      },
    );
    expect(transformed).toBe(1);
    expect(vendor.apiRequests.map(({ text }) => text)).toEqual([
      'wrapped:{"a":1}',
      'wrapped:{"a":1}',
    ]);
  });

  it('a body of any object is the same when it is sent again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (value) => {
        clock.advance(10_000); // a forced renewal is due again
        vendor.revokeAll();
        vendor.apiRequests.length = 0;
        await post(value);
        const [first, replay] = vendor.apiRequests.map(({ text }) => text);
        expect(first).toMatch(/^{.*}$/);
        expect(replay).toBe(first);
      }),
      { numRuns: 50 },
    );
  });

  const legacyForm = () => {
    const form = new LegacyFormData();
    form.append('file', Readable.from([bytes]), 'a.png');
    return form;
  };

  it.each([
    ['a stream', () => Readable.from(['a', 'b'])],
    ['a form of the form-data package', legacyForm],
    ['a stream that was read from a generator', () => Readable.from(parts())],
  ])('a body is not sent again if it is %s', async (_what, body) => {
    const error = await rejection(post(body()));
    expect(error).toMatchObject({ response: { status: 401 } });
    expect(vendor.apiRequests).toHaveLength(1);
    expect(vendor.apiRequests[0]?.body.length).toBeGreaterThan(0);
    await post('next');
    expect(vendor.apiRequests[1]?.token).toBe('access-token-number-2');
    expect(vendor.tokenRequests).toHaveLength(2);
  });

  it('a stream is not sent again, whether the renewal succeeds or fails', async () => {
    vendor.onToken = () => ({ status: 400, body: { error: 'invalid_client' } });
    const error = await rejection(post(Readable.from(['a'])));
    expect(error).toMatchObject({ response: { status: 401 } });
    expect(await rejection(post('next'))).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
    expect([vendor.apiRequests.length, vendor.tokenRequests.length]).toEqual([1, 2]);
  });
});

async function* parts(): AsyncGenerator<string> {
  yield 'a';
  yield await Promise.resolve('b');
}
