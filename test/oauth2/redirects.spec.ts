import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { EndpointBench } from '../support/endpoint-bench.js';
import { FakeVendor } from '../support/fake-vendor.js';

let vendor: FakeVendor;
let attacker: FakeVendor;
beforeEach(async () => {
  [vendor, attacker] = await Promise.all([FakeVendor.start(), FakeVendor.start()]);
});
afterEach(() => Promise.all([vendor.close(), attacker.close()]));

const STATUSES = [301, 302, 303, 307, 308];

describe('a redirect of the token request', () => {
  it.each(STATUSES)(
    'a redirect of the token request by %i to another origin is not followed',
    async (status) => {
      vendor.onToken = () => ({ status, headers: { location: `${attacker.url}/token` } });
      const error = await rejection(new EndpointBench(vendor).provider.getToken());
      expect(error).toMatchObject({
        code: 'TOKEN_REQUEST_REJECTED',
        provider: 'acme',
        status,
        retryable: false,
      });
      expect(String(error)).toContain('redirect');
      expect(vendor.tokenRequests).toHaveLength(1);
      expect([...attacker.tokenRequests, ...attacker.apiRequests]).toEqual([]);
    },
  );

  it.each(STATUSES)(
    'a redirect of the token request by %i within its origin is not followed',
    async (status) => {
      vendor.onToken = () => ({ status, headers: { location: '/elsewhere/token' } });
      await rejection(new EndpointBench(vendor).provider.getToken());
      expect(vendor.tokenRequests.map(({ path }) => path)).toEqual(['/token']);
    },
  );

  it.each([
    ['a sub-domain', (port: number) => `http://sub.localhost:${port}/token`],
    ['the same host by another name', (port: number) => `http://localhost:${port}/token`],
    ['a relative URL without scheme', (port: number) => `//127.0.0.1:${port}/token`],
    ['junk', () => 'http://[/'],
    ['a script', () => 'javascript:alert(1)'],
  ])('a redirect of the token request to %s is not followed', async (_what, location) => {
    vendor.onToken = () => ({ status: 307, headers: { location: location(attacker.port) } });
    const error = await rejection(new EndpointBench(vendor).provider.getToken());
    expect(error).toMatchObject({ code: 'TOKEN_REQUEST_REJECTED', status: 307 });
    expect([...attacker.tokenRequests, ...attacker.apiRequests]).toEqual([]);
  });

  it('a redirect with a token in its body is not a token response', async () => {
    vendor.onToken = () => ({
      ...(vendor.grant() as { body: object }),
      status: 302,
      headers: { location: `${attacker.url}/token` },
    });
    expect(await rejection(new EndpointBench(vendor).ask())).toMatchObject({ status: 302 });
  });

  it('the error of a redirect shows neither its target nor the credentials', async () => {
    vendor.onToken = ({ headers }) => ({
      status: 302,
      headers: { location: `${attacker.url}/?stolen=${headers.authorization}` },
    });
    const error = await rejection(new EndpointBench(vendor).ask());
    expect(JSON.stringify(error)).not.toContain('stolen');
  });
});
