import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { OAuth2ClientError } from '../../lib/core/errors.js';
import type { GetTokenOptions } from '../../lib/lifecycle/token-access.js';
import type { TokenSet } from '../../lib/core/token-set.js';
import type { TokenTarget } from '../../lib/core/token-target.js';
import { permanent, transient } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';
import type { Ask } from '../support/scripted-source.js';

const HOUR = 3_600_000;

const OWN: TokenTarget = {};
const TARGETS = [OWN, { subject: 'ama' }];
const target = fc.constantFrom(...TARGETS);
const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('get' as const), target }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('renew' as const), target }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invalidate' as const), target }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), caller: fc.nat(20) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 500, 1_000, 5_000, 10_000, 30_000, HOUR - 60_000, HOUR),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('set clock' as const),
      by: fc.constantFrom(-HOUR, HOUR, 20 * 365 * 24 * HOUR),
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

const response = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      expiresIn: fc.constantFrom(0, 1, 60, 3_600),
      refreshToken: fc.constantFrom(undefined, 'refresh'),
    }),
  },
  { weight: 3, arbitrary: fc.constantFrom('transient', 'permanent', 'never', 'broken') },
);
type Response = typeof response extends fc.Arbitrary<infer T> ? T : never;

/** A provider under load. The scheduler decides the order of all steps. */
class Load {
  readonly bench = new ProviderBench();
  readonly violations: string[] = [];
  open = 0;
  readonly #controllers: AbortController[] = [];
  readonly #arrivals = new Map<string, { at: number; expiredAfter: number }>();
  readonly #newest = new Map<string | undefined, number>();
  readonly #waiting = new Set<Ask>();

  constructor(scheduler: fc.Scheduler, responses: Response[]) {
    this.bench.source.onAsk = (ask) => {
      const { subject } = ask.target;
      const rivals = [...this.#waiting].filter(
        (other) => other.target.subject === subject && !other.signal.aborted,
      );
      if (rivals.length > 0) this.violations.push(`two renewals at once for ${subject}`);
      this.#waiting.add(ask);
      const given = responses[ask.number % responses.length]!;
      if (given === 'never') return;
      void scheduler
        .schedule(Promise.resolve(), `response ${ask.number}`)
        .then(() => this.#respond(ask, given));
    };
  }

  run(step: Command): void {
    try {
      this.#do(step);
    } catch (error) {
      this.violations.push(`${step.do} threw ${String(error)}`);
    }
  }

  #do(step: Command): void {
    const { clock, provider } = this.bench;
    if (step.do === 'get') this.#call(step.target, (options) => provider.getToken(options));
    if (step.do === 'renew') {
      const rejected = provider.peek(step.target)?.accessToken ?? 'another';
      this.#call(step.target, (options) => provider.renew(rejected, options));
    }
    if (step.do === 'invalidate') provider.invalidate(step.target);
    if (step.do === 'abort') this.#controllers[step.caller]?.abort(new Error('aborted'));
    if (step.do === 'pass') clock.advance(step.ms);
    if (step.do === 'set clock') clock.setWall(step.by);
    for (const target of TARGETS) {
      const tokens = provider.peek(target);
      if (tokens) this.#handedOut(target, tokens, clock.monotonic());
    }
  }

  #respond(ask: Ask, given: Response): void {
    this.#waiting.delete(ask);
    if (given === 'transient') return ask.fail(transient());
    if (given === 'permanent') return ask.fail(permanent());
    if (typeof given === 'string') return ask.fail(new TypeError(given));
    const at = this.bench.clock.monotonic();
    const life = given.expiresIn * 1_000;
    const latency = at - ask.startedAt.monotonic;
    const expiredAfter = Math.max(life - Math.min(5_000, life * 0.05) - latency, 1_000);
    this.#arrivals.set(`token-${ask.number}`, { at, expiredAfter });
    ask.grant(given);
  }

  #call(target: TokenTarget, start: (options: GetTokenOptions) => Promise<TokenSet>): void {
    const controller = new AbortController();
    this.#controllers.push(controller);
    const calledAt = this.bench.clock.monotonic();
    this.open++;
    start({ ...target, signal: controller.signal })
      .then(
        (tokens) => this.#handedOut(target, tokens, calledAt),
        (error: unknown) => {
          const expected = error instanceof OAuth2ClientError || error === controller.signal.reason;
          if (!expected) this.violations.push(`a caller got ${String(error)}`);
        },
      )
      .finally(() => this.open--)
      .catch(() => {});
  }

  /** Checks that the token arrived after the call, or had not expired when the call was made. */
  #handedOut(target: TokenTarget, tokens: TokenSet, calledAt: number): void {
    const { accessToken } = tokens;
    const arrival = this.#arrivals.get(accessToken)!;
    if (calledAt - arrival.at >= arrival.expiredAfter) {
      this.violations.push(`${accessToken} was handed out although it was expired`);
    }
    const number = Number(accessToken.replace('token-', ''));
    const newest = this.#newest.get(target.subject) ?? 0;
    // A caller may get the token that it waited for late, but the current token never becomes an older one.
    if (this.bench.provider.peek(target)?.accessToken === accessToken) {
      if (number < newest) this.violations.push(`${accessToken} replaced a newer token`);
      this.#newest.set(target.subject, Math.max(number, newest));
    }
  }
}

describe('calls, renewals, rejections, aborts, failures and clocks in any order', () => {
  it('no order of events breaks what callers rely on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(command, { minLength: 1, maxLength: 40 }),
        fc.array(response, { minLength: 1, maxLength: 10 }),
        async (scheduler, commands, responses) => {
          const load = new Load(scheduler, responses);
          scheduler.scheduleSequence(
            commands.map((step) => ({
              label: JSON.stringify(step),
              builder: () => Promise.resolve(load.run(step)),
            })),
          );
          for (let quiet = 0; quiet < 2; quiet = scheduler.count() === 0 ? quiet + 1 : 0) {
            await scheduler.waitIdle();
            await idle();
          }
          load.bench.clock.advance(10_000); // the deadline of renewals without a response
          await idle();
          expect(load.violations).toEqual([]);
          expect([load.open, load.bench.clock.pending]).toEqual([0, 0]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a provider recovers from any order of events as soon as its vendor does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(command, { minLength: 1, maxLength: 20 }),
        fc.array(response, { minLength: 1, maxLength: 5 }),
        async (scheduler, commands, responses) => {
          const load = new Load(scheduler, responses);
          for (const step of commands) load.run(step);
          await scheduler.waitIdle();
          await idle();
          load.bench.clock.advance(10_000);
          await idle();
          load.bench.source.onAsk = (ask) => ask.grant({ accessToken: 'recovered' });
          load.bench.provider.invalidate();
          load.bench.clock.advance(300_000); // the longest back-off
          expect(await load.bench.token()).toBe('recovered');
        },
      ),
      { numRuns: 100 },
    );
  });
});
