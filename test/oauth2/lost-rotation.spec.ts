import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { EndpointBench } from '../support/endpoint-bench.js';
import { FakeVendor, reset, type Answer } from '../support/fake-vendor.js';

const HOUR = 3_600_000;
const ONLY_REFRESH = { grantType: 'refresh_token', refreshToken: 'refresh-0' } as const;
const PASSWORD = { grantType: 'password', username: 'ama', password: 'p4ss-w0rd' } as const;

let vendor: FakeVendor;
beforeEach(async () => {
  vendor = await FakeVendor.start();
});
afterEach(() => vendor.close());

const sent = () => vendor.tokenRequests.map(({ form }) => form['refresh_token'] ?? 'login');

/**
 * Rotates at every request, and loses the answer to the one that `lost` counts. With grace, a token
 * that was just spent works once more; without, it is refused.
 */
function rotating({ grace, lost, by = { status: 500 } }: Rotation): void {
  let current = 'refresh-0';
  let previous: string | undefined;
  vendor.onToken = ({ form }, count) => {
    const refreshToken = form['refresh_token'];
    const known = refreshToken === current || (grace && refreshToken === previous);
    if (refreshToken !== undefined && !known)
      return { status: 400, body: { error: 'invalid_grant' } };
    [previous, current] = [current, `refresh-${count}`];
    return count === lost ? by : vendor.grant({ refresh_token: current });
  };
}
interface Rotation {
  readonly grace: boolean;
  readonly lost: number;
  readonly by?: Answer;
}

describe('a rotation whose answer was lost', () => {
  it.each<[string, Answer]>([
    ['a 500', { status: 500 }],
    ['a reset', reset],
  ])('a rotation whose response was lost by %s succeeds with a grace period', async (_what, by) => {
    rotating({ grace: true, lost: 2, by });
    const { provider, clock } = new EndpointBench(vendor, ONLY_REFRESH);
    await provider.getToken();
    clock.advance(HOUR);
    expect((await provider.getToken()).refreshToken).toBe('refresh-3');
    clock.advance(HOUR);
    await provider.getToken();
    expect(sent()).toEqual(['refresh-0', 'refresh-1', 'refresh-1', 'refresh-3']);
  });

  it('a lost rotation without a grace period ends in one error after one more request', async () => {
    rotating({ grace: false, lost: 2 });
    const { provider, clock } = new EndpointBench(vendor, ONLY_REFRESH);
    await provider.getToken();
    clock.advance(HOUR);
    expect(await rejection(provider.getToken())).toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
      provider: 'acme',
      error: 'invalid_grant',
      retryable: false,
    });
    expect(sent()).toEqual(['refresh-0', 'refresh-1', 'refresh-1']);
  });

  it('a lost rotation without a grace period causes few requests, however many callers there are', async () => {
    rotating({ grace: false, lost: 2 });
    const { provider, clock } = new EndpointBench(vendor, ONLY_REFRESH);
    await provider.getToken();
    clock.advance(HOUR);
    for (let second = 0; second < 29; second++) {
      await Promise.allSettled(Array.from({ length: 50 }, () => provider.getToken()));
      clock.advance(1_000);
    }
    expect(vendor.tokenRequests).toHaveLength(3);
  });

  it('a lost rotation becomes a login in the same call', async () => {
    rotating({ grace: false, lost: 2 });
    const { provider, clock } = new EndpointBench(vendor, PASSWORD);
    await provider.getToken();
    clock.advance(HOUR);
    expect((await provider.getToken()).refreshToken).toBe('refresh-4');
    expect(sent()).toEqual(['login', 'refresh-1', 'refresh-1', 'login']);
  });
});

describe('the scope after a refresh', () => {
  it.each([
    ['is the one that was asked for if the answer names none', undefined, 'read write'],
    ['is the one in the answer', 'read', 'read'],
  ])('%s', async (_what, scope, expected) => {
    vendor.onToken = (_request, count) =>
      vendor.grant({ refresh_token: 'refresh-1', ...(count > 1 && { scope }) });
    const { provider, clock } = new EndpointBench(vendor, { ...PASSWORD, scope: 'read write' });
    await provider.getToken();
    clock.advance(HOUR);
    expect((await provider.getToken()).scope).toBe(expected);
    expect(sent()).toEqual(['login', 'refresh-1']);
  });
});
