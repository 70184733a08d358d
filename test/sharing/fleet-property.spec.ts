import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { TokenStore } from '../../lib/core/token-store.js';
import { transient } from '../support/failures.js';
import { faulty } from '../support/faulty-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;
const SCOPES = [undefined, 'read', 'write'] as const;

const calls = (size: number, ...what: ('token' | 'renew' | 'invalidate' | 'revoke')[]) =>
  fc.array(
    fc.record({
      instance: fc.nat({ max: size - 1 }),
      scope: fc.constantFrom(...SCOPES),
      what: fc.constantFrom(...what),
      /** Milliseconds until the next call. */
      pause: fc.constantFrom(0, 0, 0, 50, 100, 900, 1_000, HOUR),
    }),
    { minLength: 2, maxLength: 14 },
  );

type Calls = ReturnType<typeof calls> extends fc.Arbitrary<infer T> ? T : never;

/**
 * Instances that renew the scopes of one subject with one refresh token. The store and the vendor are slow and
 * fail now and then.
 */
class SlowFleet {
  readonly clock = new ManualClock();
  readonly instances: ProviderBench[];
  readonly sent: string[] = [];
  readonly wrong: string[] = [];
  readonly #pending: Promise<unknown>[] = [];
  #issued = 0;

  /** @param fails whether the first, the second … operation fails */
  constructor(
    size: number,
    private readonly fails: readonly boolean[],
    options: {
      failing: readonly (keyof TokenStore)[];
      login?: boolean;
      vendorFails?: boolean;
      deadline?: number;
    },
  ) {
    const { clock } = this;
    const { memory, store, faults } = faulty(clock);
    let count = 0;
    const slowly = async <T>(name: keyof TokenStore, operation: () => Promise<T>): Promise<T> => {
      await this.#wait(5);
      if (options.failing.includes(name) && this.fails[count++]) throw new Error('down');
      const result = await operation();
      await this.#wait(5);
      return result;
    };
    faults.get = (...args) => slowly('get', () => memory.get(...args));
    faults.set = (...args) => slowly('set', () => memory.set(...args));
    faults.lock = (...args) => slowly('lock', () => memory.lock(...args));
    const { login = false, vendorFails = false, deadline = 10_000 } = options;
    this.instances = Array.from({ length: size }, () => {
      const bench = new ProviderBench({ clock, store, deadline });
      bench.source.canLogInAgain = login;
      bench.source.hasAccounts = true;
      bench.source.configuredRefreshToken = login ? undefined : 'configured';
      Object.assign(bench.source, { revoke: () => this.#wait(20) });
      bench.source.onAsk = (ask) => {
        if (ask.refreshToken !== undefined) this.sent.push(ask.refreshToken);
        clock.after(20, () => {
          if (vendorFails && ask.number % 5 === 4) return ask.fail(transient({ status: 503 }));
          const number = ++this.#issued;
          ask.grant({
            accessToken: `token-${number}-${String(ask.target.scope)}`,
            refreshToken: `refresh-${number}`,
          });
        });
      };
      return bench;
    });
  }

  async run(calls: Calls): Promise<void> {
    for (const { instance, scope, what, pause } of calls) {
      this.#call(this.instances[instance]!, scope, what);
      if (pause > 1_000) await this.settle();
      for (let waited = 0; waited < Math.min(pause, 1_000); waited += 5) await this.#pass(5);
      if (pause > 1_000) this.clock.advance(pause);
    }
    await this.settle();
  }

  /** Lets time pass until all calls have settled and the work in the background is over. */
  async settle(): Promise<void> {
    expect(await this.ends(Promise.all(this.#pending))).toBe(true);
    for (let waited = 0; waited < 600; waited += 10) await this.#pass(10);
  }

  /** Whether `work` ends before all deadlines are over. */
  async ends(work: Promise<unknown>): Promise<boolean> {
    const state = { isOver: false };
    void work.then(() => (state.isOver = true));
    for (let waited = 0; waited < 40_000 && !state.isOver; waited += 10) await this.#pass(10);
    return state.isOver;
  }

  get sentTwice(): string[] {
    return this.sent.filter((token, i) => this.sent.indexOf(token) !== i);
  }

  #call({ provider }: ProviderBench, scope: string | undefined, what: Calls[number]['what']): void {
    const target = { scope };
    const current = provider.peek(target) ?? 'none';
    if (what === 'invalidate') return provider.invalidate(target);
    const work =
      what === 'token'
        ? provider.getToken(target)
        : what === 'renew'
          ? provider.renew(current, target)
          : provider.revoke(target);
    const note = (tokens: { accessToken: string } | void) => {
      if (tokens && !tokens.accessToken.endsWith(`-${scope}`)) this.wrong.push(tokens.accessToken);
    };
    this.#pending.push(work.then(note, () => {}));
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(ms, resolve));
  }

  async #pass(ms: number): Promise<void> {
    await idle();
    this.clock.advance(ms);
  }
}

const fails = fc.array(fc.boolean(), { maxLength: 12 });

describe('instances that renew several scopes with one refresh token', () => {
  it.each<[string, number, (keyof TokenStore)[]]>([
    ['a store that refuses some writes', 1, ['set']],
    ['a store that fails now and then', 1, ['get', 'set', 'lock']],
    ['a slow store', 3, []],
  ])('instances send each refresh token once on %s', async (_what, size, failing) => {
    await fc.assert(
      fc.asyncProperty(
        calls(size, 'token', 'token', 'renew', 'invalidate'),
        fails,
        async (all, faults) => {
          const fleet = new SlowFleet(size, faults, { failing });
          await fleet.run(all);
          expect([fleet.sentTwice, fleet.wrong]).toEqual([[], []]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('instances send each refresh token once while others revoke', async () => {
    await fc.assert(
      fc.asyncProperty(calls(3, 'token', 'token', 'revoke', 'invalidate'), async (all) => {
        const fleet = new SlowFleet(3, [], { failing: [], login: true });
        await fleet.run(all);
        expect([fleet.sentTwice, fleet.wrong]).toEqual([[], []]);
      }),
      { numRuns: 200 },
    );
  });

  it.each([true, false])(
    'all calls settle and leave nothing behind, with a login: %s',
    async (login) => {
      const deadline = fc.constantFrom(10_000, 1_000);
      const all = calls(2, 'token', 'renew', 'invalidate', 'revoke');
      await fc.assert(
        fc.asyncProperty(all, fails, deadline, async (all, faults, deadline) => {
          const failing = ['get', 'set', 'lock'] as const;
          const options = { failing, login, vendorFails: true, deadline };
          const fleet = new SlowFleet(2, faults, options);
          await fleet.run(all);
          const ends = fleet.instances.map(({ provider }) => provider.close());
          expect(await fleet.ends(Promise.all(ends))).toBe(true);
          await fleet.settle();
          expect(fleet.clock.pending).toBe(0);
        }),
        { numRuns: 100 },
      );
    },
  );
});
