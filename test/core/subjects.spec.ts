import { AsyncLocalStorage } from 'node:async_hooks';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { TokenProvider } from '../../lib/core/token-provider.js';
import { TokenSet } from '../../lib/core/token-set.js';
import type { TokenSource } from '../../lib/core/token-source.js';
import { rejection } from '../support/collect.js';
import { permanent } from '../support/failures.js';
import { ManualClock } from '../support/manual-clock.js';
import { ProviderBench } from '../support/provider-bench.js';

/** A source that names in each token whose it is. */
function naming(bench: ProviderBench): ProviderBench {
  bench.source.onAsk = (ask) => ask.grant({ accessToken: `of ${ask.target.subject ?? 'own'}` });
  return bench;
}

describe('the tokens of one subject', () => {
  it('are those of the same account as by `subject` in a call', async () => {
    const { provider, source } = naming(new ProviderBench());
    const ama = provider.for('ama');
    const tokens = await ama.getToken();
    expect(tokens.accessToken).toBe('of ama');
    expect(provider.peek({ subject: 'ama' })).toBe(tokens);
    expect([ama.subject, ama.peek(), ama.status().token]).toEqual(['ama', tokens, 'fresh']);
    ama.invalidate();
    expect(provider.status({ subject: 'ama' }).token).toBe('none');
    await ama.renew(tokens);
    expect(source.asks).toHaveLength(2);
    expect(provider.peek()).toBeUndefined();
  });

  it('may have another scope, and never another subject', async () => {
    const { provider } = naming(new ProviderBench());
    const ama = provider.for('ama');
    await ama.getToken({ scope: 'read' });
    expect(ama.peek()).toBeUndefined();
    expect(ama.peek({ scope: 'read' })).toBeDefined();
    const tokens = await ama.getToken({ subject: 'kofi' } as object);
    expect(tokens.accessToken).toBe('of ama');
  });

  it('are of nobody without a subject', async () => {
    const { provider, source } = new ProviderBench();
    for (const subject of ['', undefined, null, 5, {}] as unknown as string[]) {
      expect(() => provider.for(subject)).toThrow('`subject` must be a non-empty string');
      const error = await rejection(provider.getToken({ subject }));
      expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
    }
    expect(source.asks).toHaveLength(0);
  });
});

describe('the subject of calls that name none', () => {
  const inTenant = new AsyncLocalStorage<string>();
  const withTenant = () => naming(new ProviderBench({ subject: () => inTenant.getStore() }));

  it('is that of the asynchronous context, however many there are at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('ama', 'kofi', 'abena'), { minLength: 1, maxLength: 30 }),
        async (tenants) => {
          const bench = withTenant();
          const tokens = tenants.map((tenant) => inTenant.run(tenant, () => bench.token()));
          expect(await Promise.all(tokens)).toEqual(tenants.map((tenant) => `of ${tenant}`));
          expect(bench.source.asks).toHaveLength(new Set(tenants).size);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is that for every call', async () => {
    const { provider } = withTenant();
    await inTenant.run('ama', async () => {
      const tokens = await provider.getToken();
      expect([provider.peek(), provider.status().token]).toEqual([tokens, 'fresh']);
      provider.invalidate({ scope: 'other' });
      expect(provider.peek()).toBe(tokens);
      provider.invalidate();
      expect((await provider.renew(tokens)).accessToken).toBe('of ama');
    });
    expect(provider.status({ subject: 'ama' }).token).toBe('fresh');
  });

  it('gives way to one that the call names', async () => {
    const bench = withTenant();
    const token = await inTenant.run('ama', () => bench.token({ subject: 'kofi' }));
    expect(token).toBe('of kofi');
    expect((await bench.provider.for('abena').getToken()).accessToken).toBe('of abena');
  });

  it('is an error where there is none, and never the account of somebody else', async () => {
    for (const nobody of [undefined, '', null, 5] as unknown as string[]) {
      const bench = naming(new ProviderBench({ subject: () => nobody }));
      await bench.provider.for('ama').getToken();
      const { provider } = bench;
      const calls = [
        () => provider.getToken(),
        () => provider.getToken({ scope: 'read' }),
        () => provider.renew('of ama'),
        () => provider.revoke(),
        async () => provider.peek(),
        async () => provider.status(),
        async () => provider.invalidate(),
      ];
      for (const call of calls) {
        const error = await rejection(Promise.resolve().then<unknown>(call));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', provider: 'acme' });
      }
      expect(bench.source.asks).toHaveLength(1);
    }
  });
});

describe('a subject that is missing by mistake', () => {
  it.each([undefined, null, ''])(
    'is an error also where there is one to fall back on: %j',
    async (subject) => {
      const bench = new ProviderBench({ subject: () => 'somebody-else' });
      const mistake = { subject: subject as unknown as string };
      const error = await rejection(bench.provider.getToken(mistake));
      expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
      expect(() => bench.provider.for(mistake.subject)).toThrow('subject');
      expect(bench.source.asks).toHaveLength(0);
    },
  );
});

describe('a hundred thousand subjects', () => {
  const COUNT = 100_000;
  const LIMIT = 10_000;

  /** A source that answers at once and keeps nothing, so that what is measured is the provider. */
  function quick(clock: ManualClock, fails = false): TokenSource & { asked: number } {
    const run = async () => {
      source.asked++;
      if (fails) throw permanent();
      const accessToken = `token-${source.asked}`;
      return new TokenSet({ accessToken, refreshToken: 'r', expiresAt: clock.now() + 3_600_000 });
    };
    const policy = { attempts: 1, repeat: 'transient' } as const;
    const source: TokenSource & { asked: number } = {
      asked: 0,
      refreshDocumented: true,
      canLogInAgain: true,
      hasConfiguredRefreshToken: false,
      credentialsMayChange: false,
      prepare: async ({ subject }) => ({ accountKey: subject ?? '', login: { policy, run } }),
    };
    return source;
  }

  const providerOf = (clock: ManualClock, source: TokenSource) =>
    new TokenProvider({
      name: 'acme',
      source,
      clock,
      random: () => 0,
      emit: () => {},
      deadline: 10_000,
      forcedRenewalInterval: 10_000,
      slotLimit: LIMIT,
    });

  it('pass through one provider: the last ones stay, no timer does, and it takes seconds', async () => {
    const clock = new ManualClock();
    const source = quick(clock);
    const provider = providerOf(clock, source);
    const begun = performance.now();
    for (let i = 0; i < COUNT; i += 100) {
      const batch = Array.from({ length: 100 }, (_, j) => provider.for(`subject-${i + j}`));
      await Promise.all(batch.map((tokens) => tokens.getToken()));
    }
    const seconds = (performance.now() - begun) / 1_000;
    expect(source.asked).toBe(COUNT);
    expect(clock.pending).toBe(0);
    expect(seconds).toBeLessThan(60); // on a busy machine; what grows with their number takes minutes
    const kept = Array.from({ length: COUNT }, (_, i) => provider.for(`subject-${i}`).peek());
    expect(kept.filter((tokens) => tokens !== undefined)).toHaveLength(LIMIT);
    expect(kept.slice(-LIMIT)).not.toContain(undefined);
  }, 120_000);

  it('that are asked for again are in memory, as long as they are few enough', async () => {
    const clock = new ManualClock();
    const source = quick(clock);
    const provider = providerOf(clock, source);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < LIMIT; i++) await provider.for(`subject-${i}`).getToken();
    }
    expect(source.asked).toBe(LIMIT);
  });
});
