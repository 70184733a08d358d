import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { rejection } from '../support/collect.js';
import { EndpointBench, granted, scriptedTransport } from '../support/endpoint-bench.js';

const VENDOR = { url: 'https://vendor.example' };
const HOUR = 3_600_000;

/** A provider whose token endpoint answers 429 with this header until it is told otherwise. */
function throttled(retryAfter: string | ((now: number) => string)) {
  let isThrottled = true;
  const transport = scriptedTransport(() => {
    if (!isThrottled) return granted();
    const value = typeof retryAfter === 'string' ? retryAfter : retryAfter(bench.clock.now());
    return { status: 429, headers: { 'retry-after': value } };
  });
  const bench = new EndpointBench(VENDOR, {}, { transport });
  return { bench, transport, end: () => void (isThrottled = false) };
}

const secondsSaid = async (...said: Parameters<typeof throttled>) =>
  ((await rejection(throttled(...said).bench.ask())) as { retryAfter?: number }).retryAfter;

describe('Retry-After', () => {
  it.each([
    ['120', 120],
    [' 120 ', 120],
    ['0', 0],
    ['000060', 60],
  ])('Retry-After of %j is read in seconds', async (said, seconds) => {
    expect(await secondsSaid(said)).toBe(seconds);
  });

  it('Retry-After as an HTTP date is the time until then', async () => {
    expect(await secondsSaid((now) => new Date(now + 90_000).toUTCString())).toBe(90);
  });

  it('Retry-After in the past is no wait', async () => {
    expect(await secondsSaid('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(0);
  });

  it.each(['-1', '+5', '1.5', 'abc', '', 'NaN', 'Infinity', '1e3', '0x10', '12 monkeys', 'soon 5'])(
    '%j is junk, and as good as not said',
    async (said) => {
      expect(await secondsSaid(said)).toBeUndefined();
    },
  );

  it('Retry-After of any text never becomes NaN or negative', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.stringMatching(/^[-+.e\d]{0,400}$/)),
        async (said) => {
          const seconds = await secondsSaid(said);
          expect(seconds === undefined || seconds >= 0).toBe(true);
        },
      ),
    );
  });
});

describe('a vendor that asks for patience', () => {
  it('a vendor with Retry-After is asked again in the same call if the deadline allows it', async () => {
    const { bench, transport, end } = throttled('2');
    const start = bench.clock.monotonic();
    const token = bench.provider.getToken();
    await rejection(bench.ask()).then(end);
    await token;
    expect(bench.clock.monotonic() - start).toBe(2_000);
    expect(transport.requests).toHaveLength(3);
  });

  it.each(['60', '3600'])(
    'a vendor with Retry-After of %s s is left alone for as long',
    async (seconds) => {
      const { bench, transport, end } = throttled(seconds);
      const error = await rejection(bench.provider.getToken());
      expect(error).toMatchObject({ code: 'THROTTLED', retryAfter: Number(seconds) });
      end();
      bench.clock.advance(Number(seconds) * 1_000 - 1);
      await rejection(bench.provider.getToken());
      expect(transport.requests).toHaveLength(1);
      bench.clock.advance(1);
      await bench.provider.getToken();
    },
  );

  it.each(['3601', '1000000000', '9'.repeat(400)])(
    'for %s s is left alone an hour',
    async (said) => {
      const { bench, end } = throttled(said);
      expect(await rejection(bench.provider.getToken())).toMatchObject({ retryAfter: 3_600 });
      end();
      bench.clock.advance(HOUR);
      await bench.provider.getToken();
    },
  );

  it.each(['0', '-1', 'abc', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
    'in words that mean no time, %j, is asked six times and then left alone for a second',
    async (said) => {
      const { bench, transport } = throttled(said);
      const error = await rejection(bench.provider.getToken());
      expect(error).toMatchObject({ code: 'THROTTLED', retryAfter: 1 });
      await rejection(bench.provider.getToken());
      expect(transport.requests).toHaveLength(6);
    },
  );
});
