import { describe, expect, it } from '@jest/globals';

import { Outage } from '../../lib/core/outage.js';

const CODE = 'TOKEN_ENDPOINT_UNAVAILABLE';

describe('an outage', () => {
  it('an outage counts its renewals and calls, and its seconds rounded up', () => {
    const outage = new Outage(1_000);
    outage.renewalFailed(CODE, false);
    outage.renewalFailed(CODE, false);
    outage.callFailed();
    outage.callFailed();
    outage.callFailed();
    expect(outage.endsAt(3_001)).toEqual({ seconds: 3, renewals: 2, calls: 3 });
    expect(outage.endsAt(3_000).seconds).toBe(2);
  });

  it('a new outage has no renewals and no calls', () => {
    expect(new Outage(5).endsAt(5)).toEqual({ seconds: 0, renewals: 0, calls: 0 });
  });

  it('a failed renewal repeats the one before if code and effect are the same', () => {
    const outage = new Outage(0);
    const repeated = [
      outage.renewalFailed(CODE, true),
      outage.renewalFailed(CODE, true),
      outage.renewalFailed('THROTTLED', true),
      outage.renewalFailed('THROTTLED', false),
      outage.renewalFailed('THROTTLED', false),
    ];
    expect(repeated).toEqual([false, true, false, false, true]);
  });

  it('the first failed call after a served renewal is reported, the next ones are not', () => {
    const outage = new Outage(0);
    outage.renewalFailed(CODE, true);
    expect([outage.callFailed(), outage.callFailed()]).toEqual([true, false]);
    expect(outage.renewalFailed(CODE, false)).toBe(true);
  });

  it('a failed call is not reported if no token has served before', () => {
    const outage = new Outage(0);
    expect(outage.callFailed()).toBe(false);
    outage.renewalFailed(CODE, false);
    expect(outage.callFailed()).toBe(false);
  });
});
