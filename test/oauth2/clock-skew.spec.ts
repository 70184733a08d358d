import { describe, expect, it } from '@jest/globals';

import { instant } from '../../lib/util/clock.js';
import { identityOf } from '../../lib/providers/account-identity.js';
import { TokenEndpointSource } from '../../lib/oauth2/token-endpoint-source.js';
import { endpointOf, granted, scriptedTransport, unhurried } from '../support/endpoint-bench.js';
import { ManualClock } from '../support/manual-clock.js';

/** What is told of the clock of a vendor that is so many seconds ahead, request by request. */
async function toldOf(...ahead: (number | string)[]): Promise<number[]> {
  const clock = new ManualClock();
  const told: number[] = [];
  const transport = scriptedTransport(() => {
    const next = ahead[transport.requests.length - 1]!;
    const date = typeof next === 'string' ? next : dateAt(clock.now() + next * 1_000);
    return { ...granted(), headers: { date } };
  });
  const endpoint = endpointOf({ url: 'https://vendor.example' });
  const source = new TokenEndpointSource('acme', endpoint, {
    identityOf,
    transport,
    clock,
    emit: (event) => event.type === 'clock.skewed' && told.push(event.seconds),
  });
  for (let i = 0; i < ahead.length; i++) {
    const { login } = await source.prepare({});
    await login!.run(unhurried(), instant(clock));
  }
  return told;
}

const dateAt = (ms: number) => new Date(ms).toUTCString();

describe('the clock of a vendor', () => {
  it.each([0, 30, -30])('a vendor clock that is %i s ahead is not reported', async (seconds) => {
    expect(await toldOf(seconds)).toEqual([]);
  });

  it.each([31, -31, 3_600, -3_600])(
    'a vendor clock that is %i s ahead is reported',
    async (seconds) => {
      expect(await toldOf(seconds)).toEqual([seconds]);
    },
  );

  it('a clock difference is reported once, and again after the clock was right', async () => {
    expect(await toldOf(60, 60, 61, 0, 60)).toEqual([60, 60]);
  });

  it.each(['', 'yesterday'])('a Date header of %j is ignored', async (date) => {
    expect(await toldOf(date)).toEqual([]);
  });
});
