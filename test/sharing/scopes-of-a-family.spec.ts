import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { targetKey } from '../../lib/core/token-target.js';
import type { TokenSet } from '../../lib/core/token-set.js';
import { permanent } from '../support/failures.js';
import { faulty } from '../support/faulty-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;
/** The key of the record with the newest refresh token of the family. */
const FAMILY = 'family of configured';
const SCOPES = [undefined, 'read', 'write'] as const;

/**
 * Instances that are configured with one refresh token, which renews every scope of the subject, and
 * a vendor that accepts each refresh token once.
 */
function fleet(size: number) {
  const clock = new ManualClock();
  const { memory, store, faults } = faulty(clock);
  const state = { current: 'configured', issued: 0, reuses: 0 };
  const start = () => {
    const bench = new ProviderBench({ clock, store });
    bench.source.canLogInAgain = false;
    bench.source.hasAccounts = true;
    bench.source.configuredRefreshToken = 'configured';
    bench.source.onAsk = (ask) => {
      if (ask.refreshToken !== state.current) {
        state.reuses++;
        return ask.fail(permanent({ error: 'invalid_grant' }));
      }
      state.current = `refresh-${++state.issued}`;
      const scope = ask.target.scope as string | undefined;
      ask.grant({ accessToken: `token-${state.issued}-${scope}`, refreshToken: state.current });
    };
    return bench;
  };
  const instances = Array.from({ length: size }, start);
  /** Lets time pass until all calls have settled. */
  const all = async (calls: Promise<string>[]): Promise<string[]> => {
    const settled = Promise.allSettled(calls);
    const wait = { isOver: false };
    void settled.then(() => (wait.isOver = true));
    for (let waited = 0; waited < 20_000 && !wait.isOver; waited += 50) {
      await idle();
      if (!wait.isOver) clock.advance(50);
    }
    return Promise.all(calls);
  };
  return { clock, memory, faults, state, instances, start, all };
}

describe('a refresh token family that several scopes and instances share', () => {
  it('instances send each refresh token once and get tokens of the right scope', async () => {
    const call = fc.record({ instance: fc.nat({ max: 2 }), scope: fc.constantFrom(...SCOPES) });
    const round = fc.record({
      calls: fc.array(call, { minLength: 1, maxLength: 6 }),
      advance: fc.constantFrom(0, HOUR / 2, HOUR),
      restarts: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { maxLength: 6 }), async (rounds) => {
        const { clock, state, instances, start, all } = fleet(3);
        for (const { calls, advance, restarts } of rounds) {
          const tokens = calls.map(({ instance, scope }) => instances[instance]!.token({ scope }));
          const got = await all(tokens);
          got.forEach((token, i) => expect(token).toMatch(new RegExp(`-${calls[i]!.scope}$`)));
          clock.advance(advance);
          if (restarts !== undefined) instances[restarts] = start();
        }
        expect(state.reuses).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('other instances take the access token of the own account after a refresh for a scope', async () => {
    const { memory, instances, all, state } = fleet(2);
    const [one, other] = instances as [ProviderBench, ProviderBench];
    await all([one.token()]);
    await all([one.token({ scope: 'read' })]);
    const ofScope = `${one.source.accountKey} ${targetKey({ scope: 'read' })}.${FAMILY}`;
    expect((await memory.get(ofScope)).tokens?.accessToken).toBe('token-2-read');
    expect((await memory.get(ofScope)).tokens?.refreshToken).toBeUndefined();
    expect(await all([other.token()])).toEqual(['token-1-undefined']);
    expect(state.issued).toBe(2);
  });

  it('a refresh token is not sent while the record of its family is unavailable', async () => {
    const { clock, faults, memory, instances, all, state } = fleet(1);
    const [one] = instances as [ProviderBench];
    await all([one.token({ scope: 'read' })]);
    clock.advance(HOUR);
    faults.lock = (key, ttl) =>
      key === FAMILY ? Promise.reject(new Error('down')) : memory.lock(key, ttl);
    await expect(all([one.token({ scope: 'read' })])).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    faults.lock = undefined;
    clock.advance(HOUR);
    expect(await all([one.token({ scope: 'read' })])).toEqual(['token-2-read']);
    expect(state.reuses).toBe(0);
  });

  it('a successor that the store refuses is written to the record of its family later', async () => {
    const { clock, faults, memory, instances, all, state } = fleet(2);
    const [one, other] = instances as [ProviderBench, ProviderBench];
    await all([one.token({ scope: 'read' })]);
    clock.advance(HOUR);
    faults.set = (key, ...rest) =>
      key === FAMILY ? Promise.reject(new Error('down')) : memory.set(key, ...rest);
    await all([one.token({ scope: 'read' })]);
    faults.set = undefined;
    clock.advance(1_000);
    await idle();
    expect((await memory.get(FAMILY)).tokens?.refreshToken).toBe('refresh-2');
    expect(await all([other.token({ scope: 'write' })])).toEqual(['token-3-write']);
    expect([state.reuses, clock.pending]).toEqual([0, 0]);
  });

  it('`revoke` for one scope leaves the access tokens of other scopes', async () => {
    const { instances, all } = fleet(2);
    const [one, other] = instances as [ProviderBench, ProviderBench];
    await all([one.token()]);
    await all([one.token({ scope: 'read' })]);
    Object.assign(one.source, { revoke: async () => {} });
    await one.provider.revoke({ scope: 'read' });
    expect(await all([other.token()])).toEqual(['token-1-undefined']);
  });

  it('a successor is written although a pending write of the one before it interferes', async () => {
    const { clock, faults, memory, instances, all, state } = fleet(1);
    const [one] = instances as [ProviderBench];
    let failing = 1;
    faults.set = (key, ...rest) =>
      key === FAMILY && failing-- > 0
        ? Promise.reject(new Error('down'))
        : memory.set(key, ...rest);
    await all([one.token({ scope: 'read' })]);
    clock.advance(900);
    const { onAsk } = one.source;
    one.source.onAsk = (ask) => void clock.after(300, () => onAsk(ask));
    await all([one.token({ scope: 'write' })]); // the write is tried again while this waits for its response
    await idle();
    clock.advance(HOUR);
    await idle();
    expect((await memory.get(FAMILY)).tokens?.refreshToken).toBe('refresh-2');
    expect(state.reuses).toBe(0);
  });

  it('`revoke` for one scope revokes the newest refresh token for all instances', async () => {
    const { instances, all, state } = fleet(2);
    const [one, other] = instances as [ProviderBench, ProviderBench];
    await all([one.token({ scope: 'read' })]);
    await all([other.token({ scope: 'write' })]);
    const revoked: (string | undefined)[] = [];
    Object.assign(one.source, {
      revoke: async (tokens: TokenSet) => void revoked.push(tokens.refreshToken),
    });
    await one.provider.revoke({ scope: 'read' });
    expect(revoked).toEqual(['refresh-2']);
    await expect(all([other.token()])).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    expect(state.reuses).toBe(0);
  });
});
