import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { TokenStore } from '../../lib/core/token-store.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { permanent } from '../support/failures.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;

type Fault = 'none' | 'rejects' | 'throws' | 'hangs' | 'junk';

const FAULTS: readonly Fault[] = ['none', 'none', 'none', 'rejects', 'throws', 'hangs', 'junk'];

/** Instances with a store whose operations may all fail, and a vendor whose refresh tokens work once. */
class FaultyFleet {
  readonly clock = new ManualClock();
  readonly memory = new MemoryTokenStore(this.clock);
  readonly instances: ProviderBench[];
  reuses = 0;
  /** The faults of the next operations, in their order. */
  faults: Fault[] = [];
  #issued = 0;
  #current = '';

  constructor(size: number, operations: readonly (keyof TokenStore)[], canLogInAgain: boolean) {
    const fate = async <T>(operation: keyof TokenStore, work: () => Promise<T>): Promise<T> => {
      const fault = operations.includes(operation) ? this.faults.shift() : undefined;
      if (fault === 'rejects') throw new Error('redis://:secret@host');
      if (fault === 'hangs') return new Promise(() => {});
      return fault === 'junk' ? ({ tokens: 'junk', version: 7, failure: 1 } as T) : work();
    };
    const { memory } = this;
    const store: TokenStore = {
      get: (key) => this.#thrown('get') ?? fate('get', () => memory.get(key)),
      set: (...args) => this.#thrown('set') ?? fate('set', () => memory.set(...args)),
      lock: (...args) => this.#thrown('lock') ?? fate('lock', () => memory.lock(...args)),
    };
    this.#operations = operations;
    this.instances = Array.from({ length: size }, () => this.#instance(store, canLogInAgain));
  }

  readonly #operations: readonly (keyof TokenStore)[];

  #thrown(operation: keyof TokenStore): undefined {
    if (!this.#operations.includes(operation) || this.faults[0] !== 'throws') return undefined;
    this.faults.shift();
    throw new Error('redis://:secret@host');
  }

  #instance(store: TokenStore, canLogInAgain: boolean): ProviderBench {
    const bench = new ProviderBench({ clock: this.clock, store });
    bench.source.canLogInAgain = canLogInAgain;
    bench.source.configuredRefreshToken = canLogInAgain ? undefined : 'configured';
    if (!canLogInAgain) this.#current = 'configured';
    bench.source.onAsk = (ask) => {
      if (ask.kind === 'refresh' && ask.refreshToken !== this.#current) {
        this.reuses++;
        return ask.fail(permanent({ error: 'invalid_grant' }));
      }
      const number = ++this.#issued;
      this.#current = `refresh-${number}`;
      ask.grant({ accessToken: `token-${number}`, refreshToken: this.#current });
    };
    return bench;
  }

  /** The access token or the error code of a call. Time passes while it waits. */
  async call(instance: number): Promise<string> {
    const result = this.instances[instance]!.token().catch((error: unknown) =>
      String((error as { code: unknown }).code),
    );
    const state = { isOver: false };
    void result.then(() => (state.isOver = true));
    for (let i = 0; i < 200 && !state.isOver; i++) {
      await idle();
      if (!state.isOver) this.clock.advance(50);
    }
    expect(state.isOver).toBe(true);
    return result;
  }
}

const rounds = fc.array(
  fc.record({
    instance: fc.nat({ max: 2 }),
    faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 6 }),
    advance: fc.constantFrom(0, 1_000, HOUR / 2, HOUR),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('a store that fails in any way at any step', () => {
  it('a store that fails at any step never keeps a token from an account with a login', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (steps) => {
        const fleet = new FaultyFleet(3, ['get', 'set', 'lock'], true);
        for (const { instance, faults, advance } of steps) {
          fleet.faults = [...faults];
          expect(await fleet.call(instance)).toMatch(/^token-/);
          fleet.clock.advance(advance);
        }
        const events = JSON.stringify(fleet.instances.map(({ events }) => events));
        expect(events).not.toContain('secret');
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('a store that accepts all writes never makes instances send a refresh token twice', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (steps) => {
        const fleet = new FaultyFleet(3, ['get', 'lock'], false);
        for (const { instance, faults, advance } of steps) {
          // Junk instead of a record looks like the loss of the record.
          fleet.faults = faults.filter((fault) => fault !== 'junk');
          expect(await fleet.call(instance)).toMatch(/^token-|^STORE_UNAVAILABLE$/);
          fleet.clock.advance(advance);
        }
        fleet.faults = [];
        fleet.clock.advance(HOUR);
        for (const instance of [0, 1, 2]) expect(await fleet.call(instance)).toMatch(/^token-/);
        expect(fleet.reuses).toBe(0);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
