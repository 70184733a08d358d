import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { createGzip, gunzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { Gate } from '../support/gate.js';
import { LoopbackServer } from '../../lib/testing/loopback-server.js';
import { logged } from '../support/logged.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'pQ7xV2mR9kTz4WnB';
// axios depends on it, and so do those who upload files.
const FormDataPackage = createRequire(import.meta.url)('form-data') as new () => Readable & {
  append(name: string, value: unknown, options?: object): void;
};

describe('a streamed upload', () => {
  let api: LoopbackServer;
  let app: App;
  let serve: RequestListener;
  let serveToken: () => Promise<void>;
  /** Ends the streams that are still being read. */
  let end: Gate;

  beforeEach(async () => {
    end = new Gate();
    serveToken = () => Promise.resolve();
    api = await LoopbackServer.start();
    api.serve((request, response) => {
      if (request.url !== '/token') return serve(request, response);
      response.setHeader('content-type', 'application/json');
      const answer = JSON.stringify({ access_token: TOKEN, expires_in: 3600 });
      void serveToken().then(() => response.end(answer));
    });
    app = await App.start({ providers: [acme(api)] });
    await app.tokens('acme').getToken();
  });

  afterEach(async () => {
    end.open();
    await Promise.all([app.close(), api.close()]);
  });

  const post = (data: unknown, config: AxiosRequestConfig = {}) =>
    app.http('acme').axiosRef.post<unknown>('/upload', data, config);

  async function* endless() {
    yield Buffer.alloc(1_000, 'x');
    await end.pass();
  }
  const unfinished = () => Readable.from(endless(), { objectMode: false });

  const bodies: [string, () => unknown][] = [
    ['a stream', unfinished],
    ['a stream that is piped on', () => unfinished().pipe(new PassThrough())],
    [
      'a form of the package form-data',
      () => {
        const form = new FormDataPackage();
        form.append('file', unfinished(), { filename: 'a.bin' });
        return form;
      },
    ],
  ];
  bodies.push([
    'a stream that is a form',
    () =>
      Object.assign(unfinished(), {
        append: () => {},
        getHeaders: () => ({ 'content-type': 'text/plain' }),
        [Symbol.toStringTag]: 'FormData',
      }),
  ]);
  const configs: [string, AxiosRequestConfig][] = [
    ['', {}],
    [' without redirects', { maxRedirects: 0 }],
    [' of a limited size', { maxBodyLength: 1_000_000 }],
    [' whose progress is watched', { onUploadProgress: () => {} }],
    [' without a token', { oauth2: false, headers: { 'x-mine': 'of mine' } }],
  ];
  const statuses = [200, 401, 413];
  const cases = bodies
    .flatMap(([what, body]) =>
      configs.map(([how, config]) => [`${what}${how}`, body, config] as const),
    )
    .map((given, i) => [statuses[i % statuses.length]!, ...given] as const);

  it.each(cases)(
    'a streamed upload with an early response %i does not show the token: %s',
    async (...given) => {
      const [status, , body, config] = given;
      serve = (_request, response) => void response.writeHead(status).end('early');
      const data = body();
      const seen: unknown = await post(data, config).catch((error: unknown) => error);
      expect(seen).toMatchObject({ status, config: { data } });
      expectNoSecret(seen, [TOKEN]);
      expectNoSecret(logged(seen), [TOKEN]);
    },
  );

  it('a streamed upload that is aborted or cut off does not show the token', async () => {
    const controller = new AbortController();
    const arrived = new Gate();
    serve = (request) => {
      if (controller.signal.aborted) request.socket.resetAndDestroy();
      void arrived.pass();
    };
    const aborted = rejection(post(unfinished(), { signal: controller.signal }));
    await arrived.arrived();
    controller.abort();
    for (const error of [await aborted, await rejection(post(unfinished()))]) {
      expectNoSecret(error, [TOKEN]);
    }
    arrived.open();
  });

  it('a streamed upload arrives whole, however the stream is made and however slowly it is read', async () => {
    const bytes = Buffer.from(Array.from({ length: 500_000 }, (_, i) => i % 251));
    const chunks = Array.from({ length: 50 }, (_, i) =>
      bytes.subarray(i * 10_000, (i + 1) * 10_000),
    );
    const received: Buffer[] = [];
    serve = (request, response) => {
      setImmediate(() => void buffer(request).then((all) => (received.push(all), response.end())));
    };
    const paused = Readable.from(chunks);
    paused.pause();
    for (const stream of [
      Readable.from(chunks),
      Readable.from(bytes, { objectMode: false }),
      paused,
    ])
      await post(stream);
    await post(Readable.from(chunks).pipe(createGzip()));
    const gzipped = received.pop()!;
    expect(received.map((all) => all.equals(bytes))).toEqual([true, true, true]);
    expect(gunzipSync(gzipped).equals(bytes)).toBe(true);
  });

  it('a streamed form arrives with its headers and parts', async () => {
    let received: Buffer | undefined;
    let headers: NodeJS.Dict<string | string[]> = {};
    serve = (request, response) => {
      ({ headers } = request);
      void buffer(request).then((all) => (received = all) && response.end());
    };
    const form = new FormDataPackage();
    const file = 'x'.repeat(100_000);
    form.append('file', Buffer.from(file), { filename: 'a.bin' });
    form.append('name', 'a');
    await post(form);
    expect(headers['content-type']).toMatch(/^multipart\/form-data; ?boundary=/);
    expect(headers['content-length']).toBe(String(received?.length));
    // Split instead of matched: a regular expression would try 100,000 places for the file's beginning.
    const [before, after, ...rest] = String(received).split(file);
    expect(rest).toEqual([]);
    expect(before).toMatch(/filename="a.bin"[^]+\r\n\r\n$/);
    expect(after).toMatch(/^\r\n[^]+name="name"\r\n\r\na\r\n/);
  });

  it('a streamed upload goes on after an early response, as with axios alone', async () => {
    let body: Promise<string> | undefined;
    serve = (request, response) => {
      body = text(request);
      response.end('early');
    };
    const { data } = await post(unfinished());
    expect(data).toBe('early');
    end.open();
    expect(await body).toHaveLength(1_000);
  });

  it('a streamed upload is not read faster than it is sent', async () => {
    let made = 0;
    const source = new Readable({
      read() {
        made++;
        this.push(made > 1_000 ? null : Buffer.alloc(65_536));
      },
    });
    const gate = new Gate();
    serve = (request, response) => {
      void gate.pass().then(() => (request.resume(), request.on('end', () => response.end())));
    };
    // With redirects, axios keeps all of a body.
    const sent = post(source, { maxRedirects: 0 });
    await gate.arrived();
    await new Promise((resolve) => setImmediate(resolve));
    expect(made).toBeLessThan(500);
    gate.open();
    await sent;
    expect(made).toBe(1_001);
  });

  it('a streamed upload fails with the error of its stream, and a closed stream cancels it', async () => {
    const gates = [new Gate(), new Gate()] as const;
    let count = 0;
    serve = () => void gates[count++]!.pass();
    const half = () => {
      const stream = new Readable({ read: () => {} });
      stream.push('half');
      return stream;
    };
    const failing = half();
    const failed = rejection(post(failing));
    await gates[0].arrived();
    failing.destroy(new Error('disk'));
    expect(await failed).toMatchObject({ message: 'disk' });
    const closing = half();
    const closed = rejection(post(closing));
    await gates[1].arrived();
    closing.destroy();
    expect(await closed).toMatchObject({ code: 'ERR_CANCELED' });
    for (const gate of gates) gate.open();
  });

  it('a stream that was read before is sent as an empty body, as with axios alone', async () => {
    serve = (request, response) => void text(request).then((body) => response.end(body));
    const source = Readable.from(['a']);
    await text(source);
    expect(await post(source)).toMatchObject({ status: 200, data: '' });
    const other = await post(source, { oauth2: false });
    expect(other).toMatchObject({ status: 200, data: '' });
  });

  it('an upload of a stream that failed before fails with its error, and one that was closed is cancelled', async () => {
    const [failed, closed] = [Readable.from(['a']), Readable.from(['a'])];
    failed.once('error', () => {}).destroy(new Error('disk'));
    await new Promise((resolve) => closed.once('close', resolve).destroy());
    expect(await rejection(post(failed))).toMatchObject({ message: 'disk' });
    expect(await rejection(post(closed))).toMatchObject({ code: 'ERR_CANCELED' });
  });

  it('an upload fails with the error of its stream if the stream fails while the request waits for its token', async () => {
    app.tokens('acme').invalidate();
    const gate = new Gate();
    serveToken = async () => gate.pass();
    const sent = rejection(post(createReadStream('/nowhere/a.bin')));
    await gate.arrived();
    await rejection(open('/nowhere/a.bin')); // by then the stream has met the same
    await new Promise((resolve) => setImmediate(resolve));
    gate.open();
    expect(await sent).toMatchObject({ code: 'ENOENT' });
  });

  it('an adapter that does not read a stream leaves it unread', async () => {
    const source = Readable.from(['a']);
    await post(source, {
      adapter: (config) =>
        Promise.resolve({ data: '', status: 200, statusText: '', headers: {}, config }),
    });
    expect(await text(source)).toBe('a');
  });

  it('a streamed upload by fetch arrives whole and does not show the token', async () => {
    serve = (request, response) => {
      void text(request).then((body) => response.writeHead(413).end(body));
    };
    const seen = await rejection(post(Readable.from(['a', 'b']), { adapter: 'fetch' }));
    expect(seen).toMatchObject({ response: { status: 413, data: 'ab' } });
    expectNoSecret(seen, [TOKEN]);
  });
});
