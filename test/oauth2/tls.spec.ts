import { once } from 'node:events';
import { Agent, createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureVersion } from 'node:tls';

import { afterEach, describe, expect, it } from '@jest/globals';

import { axiosTransport } from '../../lib/http/axios-transport.js';
import { CLIENT_SECRET } from '../support/acme.js';
import { selfSigned, type Certificate } from '../support/certificate.js';
import { rejection } from '../support/collect.js';
import { EndpointBench } from '../support/endpoint-bench.js';
import { expectNoSecret } from '../support/secrets.js';

const FUTURE = new Date('2099-01-01');
const good = selfSigned('127.0.0.1', FUTURE);
const expired = selfSigned('127.0.0.1', new Date('2021-01-01'));
const ofAnother = selfSigned('127.0.0.2', FUTURE);

/** A token endpoint by https, and what has come to it. */
class SecureVendor {
  handshakes = 0;
  requests = 0;
  readonly #server: Server;

  constructor({ key, cert }: Certificate, maxVersion: SecureVersion = 'TLSv1.3') {
    // TLS 1.0 is offered only at the lowest level of security.
    const options = { minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    this.#server = createServer({ key, cert, ...options }, (_request, response) => {
      this.requests++;
      response.setHeader('content-type', 'application/json');
      response.end('{"access_token":"token"}');
    });
    this.#server.on('connection', () => void this.handshakes++);
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

let vendor: SecureVendor;
let agent: Agent;

async function close(): Promise<void> {
  agent.destroy();
  await vendor.close();
}

/** A provider at a vendor with this certificate, by somebody who trusts that one. */
async function bench(shown: Certificate, trusted: Certificate | undefined, max?: SecureVersion) {
  vendor = new SecureVendor(shown, max);
  agent = new Agent({ ca: trusted?.cert });
  const transport = axiosTransport({ httpsAgent: agent });
  return new EndpointBench({ url: await vendor.listen() }, {}, { transport });
}

describe('the certificate of a token endpoint', () => {
  afterEach(close);

  it('a certificate that is trusted, valid and for the host is accepted', async () => {
    const { provider } = await bench(good, good);
    expect((await provider.getToken()).accessToken).toBe('token');
    expect(vendor.requests).toBe(1);
  });

  it.each<[string, Certificate, Certificate | undefined, string]>([
    ['that nobody vouches for', good, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['that is vouched for by somebody else', good, ofAnother, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['that has expired', expired, expired, 'CERT_HAS_EXPIRED'],
    ['of another host', ofAnother, ofAnother, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])(
    'a server with a certificate that %s gets no credentials and is tried once',
    async (_what, shown, trusted, code) => {
      const { provider } = await bench(shown, trusted);
      const error = await rejection(provider.getToken());
      const expected = { code: 'TOKEN_ENDPOINT_UNREACHABLE', retryable: false, evaluated: false };
      expect(error).toMatchObject({ ...expected, provider: 'acme' });
      expect(String(error)).toContain(`(${code})`);
      expect(String(error)).toMatch(/httpsAgent.*NODE_EXTRA_CA_CERTS/);
      expectNoSecret(error, [CLIENT_SECRET]);
      expect(vendor.handshakes).toBe(1);
      expect(vendor.requests).toBe(0);
    },
  );
});

describe('a token endpoint that speaks TLS 1.0 only', () => {
  afterEach(close);

  it('the test server accepts TLS 1.0 from a client that insists', async () => {
    vendor = new SecureVendor(good, 'TLSv1');
    const weak = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    agent = new Agent({ ca: good.cert, ...weak });
    const transport = axiosTransport({ httpsAgent: agent });
    await new EndpointBench({ url: await vendor.listen() }, {}, { transport }).ask();
    expect(vendor.requests).toBe(1);
  });

  it('a token endpoint with TLS 1.0 only gets no credentials', async () => {
    const { provider } = await bench(good, good, 'TLSv1');
    const error = await rejection(provider.getToken());
    expect(error).toMatchObject({ code: 'TOKEN_ENDPOINT_UNREACHABLE', retryable: true });
    expect(vendor.requests).toBe(0);
  });
});
