import { AsyncLocalStorage } from 'node:async_hooks';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { rejection } from '../support/collect.js';
import { ProviderBench } from '../support/provider-bench.js';

/** Makes each access token name its subject. */
function naming(bench: ProviderBench): ProviderBench {
  bench.source.onAsk = (ask) => ask.grant({ accessToken: `of ${ask.target.subject ?? 'own'}` });
  return bench;
}

describe('the tokens of one subject', () => {
  it('`for` names the same account as `subject` in a call', async () => {
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

  it('calls of `for` may name a scope and never another subject', async () => {
    const { provider } = naming(new ProviderBench());
    const ama = provider.for('ama');
    await ama.getToken({ scope: 'read' });
    expect(ama.peek()).toBeUndefined();
    expect(ama.peek({ scope: 'read' })).toBeDefined();
    const tokens = await ama.getToken({ subject: 'kofi' } as object);
    expect(tokens.accessToken).toBe('of ama');
  });

  it('an invalid subject is an error and never the own account', async () => {
    const { provider, source } = new ProviderBench();
    for (const subject of ['', undefined, null, 5, {}] as unknown as string[]) {
      expect(() => provider.for(subject)).toThrow('`subject` must be a non-empty string');
      const error = await rejection(provider.getToken({ subject }));
      expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
    }
    expect(source.asks).toHaveLength(0);
  });
});

describe('the methods of the tokens of a subject', () => {
  it('every method of `for` passes its options on', async () => {
    const bench = naming(new ProviderBench());
    const revoked: unknown[] = [];
    Object.assign(bench.source, {
      revoke: async (_tokens: unknown, target: unknown) => void revoked.push(target),
    });
    const ama = bench.provider.for('ama');
    const target = { subject: 'ama', scope: 'read' };
    const tokens = await ama.getToken({ scope: 'read' });
    expect(bench.provider.peek(target)).toBe(tokens);
    expect(ama.status({ scope: 'read' }).token).toBe('fresh');
    ama.invalidate({ scope: 'read' });
    expect(bench.provider.status(target).token).toBe('none');
    const next = await ama.renew(tokens, { scope: 'read' });
    expect(bench.provider.peek(target)).toBe(next);
    await ama.revoke({ scope: 'read' });
    expect(revoked).toEqual([target]);
    expect(ama.peek({ scope: 'read' })).toBeUndefined();
  });

  it('an aborted signal ends each call that waits', async () => {
    const { provider, source } = new ProviderBench();
    source.holdAnswers();
    Object.assign(source, { revoke: async () => {} });
    const ama = provider.for('ama');
    const signal = AbortSignal.abort(new Error('no time'));
    expect(await rejection(ama.getToken({ signal }))).toBe(signal.reason);
    expect(await rejection(ama.renew('rejected', { signal }))).toBe(signal.reason);
    expect(await rejection(ama.revoke({ signal }))).toBe(signal.reason);
  });
});

describe('the subject of calls that name none', () => {
  const inTenant = new AsyncLocalStorage<string>();
  const withTenant = () => naming(new ProviderBench({ subject: () => inTenant.getStore() }));

  it('concurrent calls get the subject of their asynchronous context', async () => {
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

  it('every method uses the subject of the asynchronous context', async () => {
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

  it('the subject of a call has precedence over the subject of the context', async () => {
    const bench = withTenant();
    const token = await inTenant.run('ama', () => bench.token({ subject: 'kofi' }));
    expect(token).toBe('of kofi');
    expect((await bench.provider.for('abena').getToken()).accessToken).toBe('of abena');
  });

  it('a call without any subject fails instead of using another account', async () => {
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
        expect((error as Error).message).toMatch(
          /the `subject` function of the definition returned none.*Name a `subject`/,
        );
      }
      expect(bench.source.asks).toHaveLength(1);
    }
  });
});

describe('a subject that is missing by mistake', () => {
  it.each([undefined, null, ''])(
    'a subject of %j fails instead of using the subject of the context',
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
