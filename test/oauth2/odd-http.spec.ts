import { brotliCompressSync, gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { CLIENT_SECRET } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { EndpointBench } from '../support/endpoint-bench.js';
import { FakeVendor, type Answer } from '../support/fake-vendor.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = '{"access_token":"token","token_type":"Bearer"}';
const JSON_TYPE = { 'content-type': 'application/json' };
const REFRESH = { grantType: 'refresh_token', refreshToken: 'configured-refresh-token' } as const;

let vendor: FakeVendor;
beforeEach(async () => {
  vendor = await FakeVendor.start();
});
afterEach(() => vendor.close());

/** An answer as it goes over the wire, line by line. */
const wire =
  (...lines: string[]): Answer =>
  (_response, socket) =>
    void socket.end(lines.join('\r\n'));

const JSON_LINE = 'Content-Type: application/json';
const LENGTH = `Content-Length: ${TOKEN.length}`;

describe('an answer of unusual HTTP', () => {
  it.each<[string, Answer]>([
    ['of HTTP/1.0', wire('HTTP/1.0 200 OK', JSON_LINE, '', TOKEN)],
    [
      'after early hints',
      wire('HTTP/1.1 103 Early Hints', 'Link: </a>', '', 'HTTP/1.1 200 OK', LENGTH, '', TOKEN),
    ],
    ['after 100 Continue', wire('HTTP/1.1 100 Continue', '', 'HTTP/1.1 200 OK', LENGTH, '', TOKEN)],
    ['without a reason', wire('HTTP/1.1 200', LENGTH, '', TOKEN)],
  ])('an unusual HTTP response is read: %s', async (_what, answer) => {
    vendor.onToken = () => answer;
    expect((await new EndpointBench(vendor).ask()).accessToken).toBe('token');
  });

  it('a response with two content encodings is not a token', async () => {
    const body = brotliCompressSync(gzipSync(TOKEN));
    vendor.onToken = () => ({ headers: { ...JSON_TYPE, 'content-encoding': 'gzip, br' }, body });
    const error = await rejection(new EndpointBench(vendor).ask());
    expect(error).toMatchObject({ code: 'TOKEN_RESPONSE_INVALID', retryable: true });
  });

  it('a response longer than its Content-Length is cut and not a token', async () => {
    vendor.onToken = () => wire('HTTP/1.1 200 OK', JSON_LINE, 'Content-Length: 20', '', TOKEN);
    const error = await rejection(new EndpointBench(vendor).ask());
    expect(error).toMatchObject({ name: 'OAuth2ClientError', provider: 'acme', retryable: true });
    expectNoSecret(error, [CLIENT_SECRET]);
  });

  it('a response with two Content-Length headers is not a token', async () => {
    vendor.onToken = () => wire('HTTP/1.1 200 OK', LENGTH, 'Content-Length: 5', '', TOKEN);
    const error = await rejection(new EndpointBench(vendor).ask());
    expect(error).toMatchObject({ code: 'TOKEN_ENDPOINT_UNREACHABLE', retryable: true });
  });
});

describe('a connection that the server closed while it was idle', () => {
  /** Answers, and resets the connection when it is used again. */
  function closeAfterUse(): void {
    const used = new WeakSet<object>();
    vendor.onToken = () => (response, socket) => {
      if (used.has(socket)) return void socket.resetAndDestroy();
      used.add(socket);
      response.writeHead(200, { ...JSON_TYPE, connection: 'keep-alive' });
      response.end(TOKEN);
    };
  }

  it('an idle connection that the server closed costs one more request and no error', async () => {
    closeAfterUse();
    const bench = new EndpointBench(vendor);
    await bench.provider.getToken();
    bench.clock.advance(3_600_000);
    expect((await bench.provider.getToken()).accessToken).toBe('token');
    expect(vendor.tokenRequests).toHaveLength(3);
  });

  it('an idle connection that the server closed makes the refresh token go out once more', async () => {
    closeAfterUse();
    const bench = new EndpointBench(vendor, REFRESH);
    await bench.provider.getToken();
    bench.clock.advance(3_600_000);
    await bench.provider.getToken();
    expect(vendor.tokenRequests.map(({ form }) => form['refresh_token'])).toEqual([
      REFRESH.refreshToken,
      REFRESH.refreshToken,
      REFRESH.refreshToken,
    ]);
  });
});
