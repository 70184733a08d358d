import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { targetKey, type TokenTarget } from '../../lib/core/token-target.js';
import { rejection } from '../support/collect.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

describe('callers for different accounts', () => {
  it('each get the token of their own, from a request of its own', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.grant({ accessToken: `for ${JSON.stringify(ask.target)}` });
    const targets: TokenTarget[] = [
      {},
      { subject: 'ama' },
      { subject: 'kofi' },
      { scope: 'read' },
      { subject: 'ama', scope: 'read' },
      { resource: 'https://a.example' },
      { resource: 'https://b.example' },
    ];
    const tokens = await Promise.all(targets.map((target) => bench.token(target)));
    expect(tokens).toEqual(targets.map((target) => `for ${JSON.stringify(target)}`));
    expect(await Promise.all(targets.map((target) => bench.token(target)))).toEqual(tokens);
    expect(bench.source.asks).toHaveLength(targets.length);
  });

  it('do not share failures and back-off', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) =>
      ask.target.subject === 'ama' ? ask.fail(new Error('down')) : ask.grant();
    await expect(bench.token({ subject: 'ama' })).rejects.toThrow('acme');
    expect(await bench.token({ subject: 'kofi' })).toBe('token-2');
    await expect(bench.token({ subject: 'ama' })).rejects.toThrow('acme');
    expect(bench.source.asks).toHaveLength(2);
  });

  it('do not wait for each other', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.target.subject === 'ama' || ask.grant();
    void bench.token({ subject: 'ama' });
    expect(await bench.token({ subject: 'kofi' })).toBe('token-2');
  });
});

describe('the accounts of two callers', () => {
  const same: [TokenTarget, TokenTarget][] = [
    [{ scope: 'a b' }, { scope: 'b a' }],
    [{ scope: 'a b' }, { scope: ['a', 'b'] }],
    [{ scope: 'a  a ' }, { scope: 'a' }],
    [{ resource: ['https://a', 'https://b'] }, { resource: ['https://b', 'https://a'] }],
    [{}, { scope: undefined, resource: undefined }],
  ];
  const different: [TokenTarget, TokenTarget][] = [
    [{ scope: 'a b' }, { scope: 'A b' }],
    [{ scope: 'a' }, { scope: 'a b' }],
    [{ scope: '' }, {}],
    [{ subject: 'a' }, { scope: 'a' }],
    [{ subject: 'null' }, { scope: [] }],
    [{ scope: 'a' }, { resource: 'a' }],
    [{ subject: '__proto__' }, { subject: 'constructor' }],
    [{ subject: 'a","b' }, { subject: 'a', scope: 'b' }],
  ];

  it.each(same)('%j and %j are the same', async (one, other) => {
    const bench = new ProviderBench();
    expect(await bench.token(one)).toBe(await bench.token(other));
  });

  it.each(different)('%j and %j are two', async (one, other) => {
    const bench = new ProviderBench();
    expect(await bench.token(one)).not.toBe(await bench.token(other));
  });

  const name = fc.string({ minLength: 1, maxLength: 4 }).filter((s) => !s.includes(' '));
  const target = fc.record(
    {
      subject: fc.string({ minLength: 1, maxLength: 4 }),
      scope: fc.array(name, { maxLength: 3 }),
      resource: fc.array(name, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  );
  const meaning = ({ subject, scope, resource }: TokenTarget) => [
    subject,
    scope && new Set(scope),
    resource && new Set(resource),
  ];
  const equal = (one: unknown, other: unknown) => {
    try {
      expect(one).toEqual(other);
      return true;
    } catch {
      return false;
    }
  };

  it('have the same key if and only if they mean the same', () => {
    fc.assert(
      fc.property(target, target, (one, other) => {
        expect(targetKey(one) === targetKey(other)).toBe(equal(meaning(one), meaning(other)));
      }),
    );
  });

  it('stay the same when their lists are in any order and repeat themselves', () => {
    fc.assert(
      fc.property(target, (one) => {
        const other = {
          subject: one.subject,
          scope: one.scope && [...one.scope.toReversed(), ...one.scope].join(' '),
          resource: one.resource && [...one.resource, ...one.resource.toReversed()],
        };
        expect(targetKey(other)).toBe(targetKey(one));
      }),
    );
  });
});

describe('a target that its caller changes later', () => {
  it('still renews the account that it named', async () => {
    const bench = new ProviderBench();
    const target = { subject: 'ama', scope: ['read'], resource: ['https://a.example'] };
    await bench.token(target);
    target.subject = 'kofi';
    target.scope.push('admin');
    target.resource.pop();
    bench.clock.advance(3_600_000);
    await bench.token({ subject: 'ama', scope: ['read'], resource: ['https://a.example'] });
    expect(bench.source.prepared[1]).toEqual({
      subject: 'ama',
      scope: ['read'],
      resource: ['https://a.example'],
    });
  });

  it('can be named again by the target that the functions of a definition get', async () => {
    const targets: TokenTarget[] = [{}, { subject: 'ama' }, { scope: 'read' }, { resource: 'r' }];
    const bench = new ProviderBench();
    for (const target of targets) {
      const token = await bench.token(target);
      expect(bench.provider.peek(bench.source.prepared.at(-1))?.accessToken).toBe(token);
    }
  });

  it('is not changed by a source', async () => {
    const bench = new ProviderBench();
    bench.source.onPrepare = (target) => void (target as { scope?: string[] }).scope?.push('admin');
    const target = { scope: ['read'] };
    await bench.token(target).catch(() => {});
    await idle();
    expect(target).toEqual({ scope: ['read'] });
  });
});

describe('a target that is a mistake', () => {
  it.each<[string, object]>([
    ['a subject that is undefined', { subject: undefined }],
    ['a subject that is null', { subject: null }],
    ['an empty subject', { subject: '' }],
    ['a subject that is a number', { subject: 7 }],
    ['a misspelled subject', { subjekt: 'ama' }],
  ])("does not become somebody else's account: %s", async (_what, target) => {
    const bench = new ProviderBench();
    await bench.token();
    const error = await rejection(bench.provider.getToken(target));
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', stage: 'api request' });
    expect(() => bench.provider.peek(target)).toThrow('not valid');
    expect(bench.source.asks).toHaveLength(1);
  });
});
