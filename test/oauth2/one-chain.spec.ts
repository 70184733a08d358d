import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { settle } from '../support/collect.js';
import { EndpointBench } from '../support/endpoint-bench.js';
import { FakeVendor } from '../support/fake-vendor.js';

const HOUR = 3_600_000;
const TARGETS = [{ resource: 'https://a.example' }, { resource: 'https://b.example' }];

let vendor: FakeVendor;
beforeEach(async () => {
  vendor = await FakeVendor.start();
});
afterEach(() => vendor.close());

/** Rotates at every request; a refresh token that comes a second time ends the whole chain. */
function unforgiving(): { readonly sent: string[] } {
  const sent: string[] = [];
  vendor.onToken = ({ form }) => {
    const refreshToken = form['refresh_token'] ?? '';
    const chainIsWhole = refreshToken === `refresh-${sent.length}`;
    sent.push(refreshToken);
    return chainIsWhole
      ? vendor.grant({ refresh_token: `refresh-${sent.length}` })
      : { status: 400, body: { error: 'invalid_grant' } };
  };
  return { sent };
}

describe('a configured refresh token that serves two resources', () => {
  it.each([
    ['at once', 0],
    ['one after the other', HOUR],
  ])(
    'a configured refresh token for two resources is used once %s, and each resource gets a token',
    async (_when, pause) => {
      const { sent } = unforgiving();
      const options = { grantType: 'refresh_token', refreshToken: 'refresh-0' } as const;
      const { provider, clock } = new EndpointBench(vendor, options);
      const asked = [provider.getToken(TARGETS[0])];
      if (pause > 0) await settle(asked);
      clock.advance(pause);
      asked.push(provider.getToken(TARGETS[1]));
      const { values } = await settle(asked);
      expect(sent).toEqual(['refresh-0', 'refresh-1']);
      expect(new Set(values.map(({ accessToken }) => accessToken)).size).toBe(2);
    },
  );
});
