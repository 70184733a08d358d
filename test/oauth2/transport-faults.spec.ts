import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { TransportError } from '../../lib/oauth2/transport.js';
import { CLIENT_SECRET } from '../support/acme.js';
import { rejection, settle } from '../support/collect.js';
import { EndpointBench, scriptedTransport } from '../support/endpoint-bench.js';
import { FakeVendor, hang, reset, type Answer } from '../support/fake-vendor.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = JSON.stringify({ access_token: 'token', token_type: 'Bearer' });
const JSON_TYPE = { 'content-type': 'application/json' };

let vendor: FakeVendor;
beforeEach(async () => {
  vendor = await FakeVendor.start();
});
afterEach(() => vendor.close());

describe('an answer that breaks off', () => {
  it.each<[string, Answer]>([
    ['by a reset before it began', reset],
    [
      'by a reset in the middle',
      (response, socket) => {
        response.writeHead(200, { ...JSON_TYPE, 'content-length': '500' });
        response.write(TOKEN, () => socket.resetAndDestroy());
      },
    ],
    [
      'before its announced length',
      (response, socket) => {
        response.writeHead(200, { ...JSON_TYPE, 'content-length': '500' });
        response.write(TOKEN, () => socket.end());
      },
    ],
    [
      'in the middle of its chunks',
      (response, socket) => {
        response.writeHead(200, JSON_TYPE);
        response.write(TOKEN, () => socket.end());
      },
    ],
    [
      'being no HTTP at all',
      (_response, socket) => {
        socket.end('220 smtp.example ESMTP\r\n');
      },
    ],
    [
      'being compressed in name only',
      (response) => {
        response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
        response.end(TOKEN);
      },
    ],
  ])('a response that breaks off %s is a temporary error', async (_what, answer) => {
    vendor.onToken = () => answer;
    const error = await rejection(new EndpointBench(vendor).ask());
    expect(error).toMatchObject({
      code: 'TOKEN_ENDPOINT_UNREACHABLE',
      provider: 'acme',
      stage: 'token request',
      retryable: true,
      evaluated: true,
    });
    expectNoSecret(error, [CLIENT_SECRET]);
  });

  it('a compressed response that breaks off is not a token', async () => {
    vendor.onToken = () => (response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
      response.end(gzipSync(TOKEN.padEnd(1_000)).subarray(0, 40));
    };
    const error = await rejection(new EndpointBench(vendor).ask());
    expect(error).toMatchObject({ retryable: true, evaluated: true });
  });

  it('a lost response is requested again with client credentials', async () => {
    vendor.onToken = (_request, count) => (count < 3 ? reset : vendor.grant());
    await new EndpointBench(vendor).provider.getToken();
    expect(vendor.tokenRequests).toHaveLength(3);
  });

  it('a lost response is not requested again with a password', async () => {
    vendor.onToken = () => reset;
    const options = { grantType: 'password', username: 'u', password: 'p' } as const;
    await rejection(new EndpointBench(vendor, options).provider.getToken());
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('a lost response is requested once more with the same refresh token', async () => {
    const options = { grantType: 'refresh_token', refreshToken: 'refresh-token' } as const;
    vendor.onToken = (_request, count) =>
      count === 1 ? reset : vendor.grant({ refresh_token: 'next' });
    await new EndpointBench(vendor, options).provider.getToken();
    expect(vendor.tokenRequests.map(({ form }) => form['refresh_token'])).toEqual([
      'refresh-token',
      'refresh-token',
    ]);
  });

  it('a lost response is requested at most twice with a refresh token', async () => {
    vendor.onToken = () => reset;
    const options = { grantType: 'refresh_token', refreshToken: 'refresh-token' } as const;
    await rejection(new EndpointBench(vendor, options).provider.getToken());
    expect(vendor.tokenRequests).toHaveLength(2);
  });
});

describe('an answer that is too large', () => {
  const filler = (bytes: number) => `{"access_token":"t","x":"${'x'.repeat(bytes)}"}`;

  it('a response of just under 1 MiB is read', async () => {
    vendor.onToken = () => ({ headers: JSON_TYPE, body: filler(1_000_000) });
    expect((await new EndpointBench(vendor).ask()).accessToken).toBe('t');
  });

  it.each<[string, Answer]>([
    ['of 2 MiB', { headers: JSON_TYPE, body: filler(2_097_152) }],
    [
      'of 64 MiB in 64 KiB',
      (response) => {
        response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
        response.end(gzipSync(filler(67_108_864)));
      },
    ],
    [
      'without an end',
      (response) => {
        response.writeHead(200, JSON_TYPE);
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      },
    ],
  ])(
    'a response %s is refused permanently, and its connection is closed',
    async (_what, answer) => {
      vendor.onToken = () => answer;
      const error = await rejection(new EndpointBench(vendor).provider.getToken());
      expect(error).toMatchObject({ code: 'TOKEN_RESPONSE_INVALID', retryable: false });
      expect(String(error)).toContain('too large');
      expect(vendor.tokenRequests).toHaveLength(1);
    },
  );
});

describe('a server that hangs', () => {
  it.each<[string, Answer]>([
    ['without a byte', hang],
    ['after its headers', (response) => void response.writeHead(200, JSON_TYPE).flushHeaders()],
    [
      'in the middle of its body',
      (response) => {
        response.writeHead(200, JSON_TYPE);
        response.write('{"access_token":');
      },
    ],
  ])(
    'a server that hangs %s ends with the deadline for all waiting callers',
    async (_what, answer) => {
      const bench = new EndpointBench(vendor);
      let closed: Promise<void> | undefined;
      const asked = new Promise<void>((resolve) => {
        vendor.onToken = () => (response, socket) => {
          closed = new Promise((resolve) => socket.once('close', () => resolve()));
          if (typeof answer === 'function') answer(response, socket);
          resolve();
        };
      });
      const waiting = settle([bench.provider.getToken(), bench.provider.getToken()]);
      await asked;
      bench.clock.advance(10_000);
      const { errors } = await waiting;
      expect(errors).toHaveLength(2);
      expect(errors[0]).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT', provider: 'acme' });
      await closed; // the socket is given back
      expect(vendor.tokenRequests).toHaveLength(1);
    },
  );
});

describe('a server that is not there', () => {
  it('an unreachable server is a temporary error that names the host and no credential', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const bench = new EndpointBench({ url: `http://127.0.0.1:${port}` });
    const error = await rejection(bench.provider.getToken());
    expect(error).toMatchObject({
      code: 'TOKEN_ENDPOINT_UNREACHABLE',
      retryable: true,
      evaluated: false,
    });
    expect(String(error)).toContain(`127.0.0.1:${port} (ECONNREFUSED)`);
    expectNoSecret(error, [CLIENT_SECRET]);
  });

  it.each([
    ['ECONNREFUSED', false],
    ['ENOTFOUND', false],
    ['EAI_AGAIN', false],
    ['ENETUNREACH', false],
    ['EHOSTUNREACH', false],
    ['ECONNRESET', true],
    ['ETIMEDOUT', true],
    ['EPIPE', true],

    ['UNKNOWN', true],
  ])('a failure by %s may have used the password: %s', async (code, evaluated) => {
    const transport = scriptedTransport(() => Promise.reject(new TransportError(code, 'down')));
    const options = { grantType: 'password', username: 'u', password: 'p' } as const;
    const bench = new EndpointBench({ url: 'https://vendor.example' }, options, { transport });
    const error = await rejection(bench.provider.getToken());
    expect(error).toMatchObject({ code: 'TOKEN_ENDPOINT_UNREACHABLE', evaluated, retryable: true });
    expect(transport.requests).toHaveLength(evaluated ? 1 : 6);
  });
});
