import { describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { faulty } from '../support/faulty-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;

const full = () => Promise.reject(new Error('OOM command not allowed'));

/** An instance that has used a refresh token, and a store that is too full for its successor. */
async function pending(onTokenSet?: () => Promise<void>) {
  const clock = new ManualClock();
  const { store, faults } = faulty(clock);
  const [one, other] = [
    new ProviderBench({ clock, store, ...(onTokenSet && { onTokenSet }) }),
    new ProviderBench({ clock, store }),
  ];
  for (const { source } of [one, other]) {
    source.onAsk = (ask) =>
      ask.grant({ accessToken: `${ask.kind}-${ask.refreshToken}`, refreshToken: 'second' });
  }
  one.source.onAsk = (ask) => ask.grant({ refreshToken: 'first' });
  await one.token();
  await other.token();
  one.source.onAsk = (ask) => ask.grant({ accessToken: 'renewed', refreshToken: 'second' });
  clock.advance(HOUR);
  faults.set = full;
  const renewal = one.token();
  await idle();
  /** Lets time pass, one second at a time. */
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      clock.advance(1_000);
      await idle();
    }
  };
  return { clock, faults, one, other, renewal, pass };
}

describe('the lock of a refresh token whose successor cannot be written', () => {
  it('other instances wait for a pending refresh token and then take its access token', async () => {
    const { faults, other, renewal, pass } = await pending();
    expect(await renewal).toBe('renewed');
    for (let minute = 0; minute < 3; minute++) {
      const waiting = rejection(other.token());
      await pass(60);
      expect(await waiting).toMatchObject({ retryable: true });
    }
    expect(other.source.asks).toHaveLength(0);
    faults.set = undefined;
    await pass(2);
    const token = other.token();
    await pass(1);
    expect(await token).toBe('renewed');
    expect(other.source.asks).toHaveLength(0);
  });

  it('the instance that holds the lock renews while its write is pending', async () => {
    const { clock, faults, one, renewal, pass } = await pending();
    await renewal;
    faults.set = undefined;
    clock.advance(HOUR);
    const token = one.token();
    await pass(1);
    expect(await token).toBe('renewed');
    expect(one.source.history).toEqual(['login', 'refresh first', 'refresh second']);
  });

  it('closing releases the lock although the write is still pending', async () => {
    const { one, other, renewal, pass } = await pending();
    await renewal;
    const closing = one.provider.close();
    await pass(1);
    await closing;
    expect(one.eventTypes()).toContain('refresh_token.lost');
    const token = other.token();
    await pass(1);
    expect(await token).toBe('refresh-first');
  });

  it('a pending refresh token is written although a hook hangs', async () => {
    let isSlow = false;
    const { clock, faults, other, renewal, pass } = await pending(() =>
      isSlow ? new Promise(() => {}) : ((isSlow = true), Promise.resolve()),
    );
    await pass(3);
    faults.set = undefined;
    await pass(3);
    expect(await renewal).toBe('renewed');
    expect(await other.token()).toBe('renewed');
    expect(clock.pending).toBe(0);
  });
});
