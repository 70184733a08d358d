import { once } from 'node:events';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import { axiosTransport } from '../../lib/http/axios-transport.js';
import { TransportError } from '../../lib/oauth2/transport.js';
import { CLIENT_SECRET } from '../support/acme.js';
import { selfSigned } from '../support/certificate.js';
import { rejection } from '../support/collect.js';
import { EndpointBench, scriptedTransport } from '../support/endpoint-bench.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { expectNoSecret } from '../support/secrets.js';

const VENDOR = { url: 'https://vendor.example' };

/** The error of a request whose connection failed in this way. */
async function said(code: string, message = 'no whole answer', url = VENDOR.url) {
  const transport = scriptedTransport(() => Promise.reject(new TransportError(code, message)));
  const bench = new EndpointBench({ url }, {}, { transport });
  return (await rejection(bench.ask())) as OAuth2ClientError;
}

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the error of a connection that failed', () => {
  it.each([
    [
      'ENOTFOUND',
      'DNS does not know vendor.example',
      'the spelling of the host in `tokenEndpoint`',
    ],
    ['EAI_AGAIN', 'DNS does not know vendor.example', '`tokenEndpoint`'],
    ['ECONNREFUSED', 'nothing listens there', 'host and port in `tokenEndpoint`'],
    ['EHOSTUNREACH', 'no route to vendor.example', 'VPN and the firewall'],
    ['ETIMEDOUT', 'No response from vendor.example in time', 'firewall or a proxy'],
    ['ECONNRESET', 'No response from vendor.example', '`tokenEndpoint`'],
    ['CERT_HAS_EXPIRED', 'has expired or is not valid yet', 'the clock of this machine'],
    ['CERT_NOT_YET_VALID', 'has expired or is not valid yet', 'the clock of this machine'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another host', 'Correct the host in `tokenEndpoint`'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'an authority that this machine does not know', 'NODE_EXTRA_CA'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its chain is not complete', '`axios: { httpsAgent }`'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'could not agree on a TLS connection', 'TLS versions'],
  ])('a failed connection says what is wrong and what to check: %s', async (code, reason, hint) => {
    const error = await said(code);
    expect(error.code).toBe('TOKEN_ENDPOINT_UNREACHABLE');
    expect(error.reason).toContain(reason);
    expect(error.reason).toContain(`(${code})`);
    expect(error.hint).toContain(hint);
  });

  it('https to a plain http port names the port, and nothing is sent', async () => {
    const vendor = await FakeVendor.start();
    closing.push(() => void vendor.close());
    const bench = new EndpointBench({ url: `https://127.0.0.1:${vendor.port}` });
    const error = (await rejection(bench.provider.getToken())) as OAuth2ClientError;
    expect(error).toMatchObject({ retryable: false, evaluated: false });
    expect(error.reason).toContain(`127.0.0.1:${vendor.port} does not speak TLS`);
    expect(error.hint).toContain('Correct the port or the scheme of `tokenEndpoint`');
    expect(error.message).not.toContain('certificate');
    expectNoSecret(error, [CLIENT_SECRET]);
  });

  it('plain http to a TLS port suggests https', async () => {
    const certificate = selfSigned('127.0.0.1', new Date('2099-01-01'));
    const server = createSecureServer(certificate).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const error = (await rejection(
      new EndpointBench({ url: `http://127.0.0.1:${port}` }).ask(),
    )) as OAuth2ClientError;
    expect(error.hint).toBe('If the port expects TLS, begin `tokenEndpoint` with https.');
  });

  it.each(['http', 'https'])('an unreachable proxy is named, for %s', async (scheme) => {
    const port = await freePort();
    const transport = axiosTransport({ proxy: { host: '127.0.0.1', port } });
    const bench = new EndpointBench({ url: `${scheme}://vendor.example` }, {}, { transport });
    const error = (await rejection(bench.ask())) as OAuth2ClientError;
    expect(error.reason).toContain(`the proxy 127.0.0.1:${port} (ECONNREFUSED)`);
    expect(error.hint).toMatch(/^Check the proxy.*HTTPS_PROXY/);
  });

  it('an unreachable host of a step is named with the step', async () => {
    const port = await freePort();
    const before = { login: { url: `http://127.0.0.1:${port}/x` } };
    const error = (await rejection(new EndpointBench(VENDOR, { before }).ask())) as Error;
    expect(error.message).toContain('`before.login.url`');
  });

  it('a deadline that is over names the host', async () => {
    const transport = scriptedTransport(() => new Promise<never>(() => {}));
    const bench = new EndpointBench(VENDOR, {}, { transport });
    const waiting = rejection(bench.provider.getToken());
    while (transport.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    bench.clock.advance(10_000);
    expect(String(await waiting)).toMatch(
      /10000 ms: vendor\.example did not answer in time\. Check `tokenEndpoint`.*firewall or a proxy/,
    );
  });
});
