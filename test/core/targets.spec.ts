import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import { accountOf, names, targetKey, type TokenTarget } from '../../lib/core/token-target.js';
import { rejection } from '../support/collect.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

describe('calls for different accounts', () => {
  it('each account gets a token of its own from a request of its own', async () => {
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

  it('accounts do not share failures and back-off', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) =>
      ask.target.subject === 'ama' ? ask.fail(new Error('down')) : ask.grant();
    await expect(bench.token({ subject: 'ama' })).rejects.toThrow('acme');
    expect(await bench.token({ subject: 'kofi' })).toBe('token-2');
    await expect(bench.token({ subject: 'ama' })).rejects.toThrow('acme');
    expect(bench.source.asks).toHaveLength(2);
  });

  it('accounts do not wait for each other', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.target.subject === 'ama' || ask.grant();
    void bench.token({ subject: 'ama' });
    expect(await bench.token({ subject: 'kofi' })).toBe('token-2');
  });
});

describe('the targets of two callers', () => {
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

  it.each(same)('%j and %j name the same account', async (one, other) => {
    const bench = new ProviderBench();
    expect(await bench.token(one)).toBe(await bench.token(other));
  });

  it.each(different)('%j and %j name two accounts', async (one, other) => {
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

  it('two targets have the same key exactly if they mean the same account', () => {
    fc.assert(
      fc.property(target, target, (one, other) => {
        expect(targetKey(one) === targetKey(other)).toBe(equal(meaning(one), meaning(other)));
      }),
    );
  });

  it('the key does not depend on the order or the repetition of scopes and resources', () => {
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

describe('the target object of a caller', () => {
  it('an account does not change when its caller changes the target object later', async () => {
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

  it('the target that a source receives names the same account again', async () => {
    const targets: TokenTarget[] = [{}, { subject: 'ama' }, { scope: 'read' }, { resource: 'r' }];
    const bench = new ProviderBench();
    for (const target of targets) {
      const token = await bench.token(target);
      expect(bench.provider.peek(bench.source.prepared.at(-1))?.accessToken).toBe(token);
    }
  });

  it('a source cannot change the target object of a caller', async () => {
    const bench = new ProviderBench();
    bench.source.onPrepare = (target) => void (target as { scope?: string[] }).scope?.push('admin');
    const target = { scope: ['read'] };
    await bench.token(target).catch(() => {});
    await idle();
    expect(target).toEqual({ scope: ['read'] });
  });
});

describe('an invalid target', () => {
  it.each<[string, object]>([
    ['a subject that is undefined', { subject: undefined }],
    ['a subject that is null', { subject: null }],
    ['an empty subject', { subject: '' }],
    ['a subject that is a number', { subject: 7 }],
    ['a misspelled subject', { subjekt: 'ama' }],
  ])('a call with %s fails instead of using another account', async (_what, target) => {
    const bench = new ProviderBench();
    await bench.token();
    const error = await rejection(bench.provider.getToken(target));
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', stage: 'api request' });
    expect(() => bench.provider.peek(target)).toThrow('not valid');
    expect(bench.source.asks).toHaveLength(1);
  });
});

describe('the problem of a target', () => {
  const problem = (target: object) => {
    try {
      return void accountOf('acme', target, undefined);
    } catch (error) {
      return (error as OAuth2ClientError).reason;
    }
  };
  const signal = new AbortController().signal;

  it.each<[string, object]>([
    ['no members', {}],
    ['a subject', { subject: 'ama' }],
    ['a scope and a resource as text', { scope: 'read write', resource: 'https://a.example' }],
    ['lists', { scope: ['read', ''], resource: [] }],
    [
      'an undefined scope, resource and signal',
      { scope: undefined, resource: undefined, signal: undefined },
    ],
    ['a signal', { signal }],
    ['the longest subject', { subject: 's'.repeat(1_024) }],
    ['the longest scope', { scope: 's'.repeat(8_191) }],
    ['the longest resources', { resource: ['r'.repeat(4_095), 'r'.repeat(4_095)] }],
  ])('a target with %s has no problem', (_what, target) => {
    expect(problem(target)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['`subjekt` is unknown', { subjekt: 'ama' }],
    [`\`x ${'y'.repeat(57)}…\` is unknown`, { [`x\n${'y'.repeat(100)}`]: 1 }],
    ['`subject` must be a non-empty string, or be left out', { subject: undefined }],
    ['`subject` must be a non-empty string, or be left out', { subject: '' }],
    ['`subject` must have at most 1024 characters', { subject: 's'.repeat(1_025) }],
    ['`scope` must be a string, or a list of strings', { scope: null }],
    ['`scope` must be a string, or a list of strings', { scope: ['read', 5] }],
    ['`scope` must have fewer than 8192 characters', { scope: 's'.repeat(8_192) }],
    ['`resource` must be a string, or a list of strings', { resource: 5 }],
    [
      '`resource` must have fewer than 8192 characters',
      { resource: ['r'.repeat(4_096), 'r'.repeat(4_095)] },
    ],
    ['`signal` must be an AbortSignal', { signal: null }],
    ['`signal` must be an AbortSignal', { signal: 'abort' }],
    ['`signal` must be an AbortSignal', { signal: {} }],
  ])('an invalid target has the problem: %s', (expected, target) => {
    expect(problem(target)).toBe(`The account that the token is for is not valid: ${expected}.`);
  });
});

describe('the key of a target', () => {
  it.each<[TokenTarget | undefined, string]>([
    [undefined, ''],
    [{}, ''],
    [{ subject: 'ama' }, 'ama'],
    [{ subject: '["ama",null,null]' }, '["[\\"ama\\",null,null]",null,null]'],
    [{ scope: 'write read' }, '[null,["read","write"],null]'],
    [{ subject: 'ama', resource: ['b', 'a', 'b'] }, '["ama",null,["a","b"]]'],
    [{ scope: [] }, '[null,[],null]'],
  ])('the key of %j is %j', (target, key) => {
    expect(targetKey(target)).toBe(key);
  });

  it('names are the parts of a text or a list, each once', () => {
    expect(names('b  a b')).toEqual(['b', 'a']);
    expect(names(['b c', '', 'b c'])).toEqual(['b c']);
    expect(names(undefined)).toEqual([]);
  });
});

describe('the account of a call', () => {
  const account = (target: unknown, ambient?: () => unknown) =>
    accountOf('acme', target as TokenTarget, ambient as (() => string) | undefined);
  const failure = (target: unknown, ambient?: () => unknown) => {
    try {
      account(target, ambient);
    } catch (error) {
      return error as OAuth2ClientError;
    }
    throw new Error('the call is valid');
  };

  it('the account is the target of the call', () => {
    const target = { subject: 'ama' };
    expect([account(target), account(undefined)]).toEqual([target, undefined]);
    expect(account({ scope: 'read' })).toEqual({ scope: 'read' });
  });

  it('a call without a subject gets that of the definition', () => {
    expect(account(undefined, () => 'ama')).toEqual({ subject: 'ama' });
    expect(account({ scope: 'read' }, () => 'ama')).toEqual({ subject: 'ama', scope: 'read' });
    expect(account({ subject: 'kofi' }, () => 'ama')).toEqual({ subject: 'kofi' });
  });

  it.each([null, 5, 'ama', true])('a target of %j is an error', (target) => {
    expect(failure(target)).toMatchObject({ code: 'REQUEST_INVALID', stage: 'api request' });
    expect(failure(target).message).toBe(
      '[acme] The account that the token is for is not valid: it must be an object of `subject`, `scope` and `resource`, or be left out. Correct the call.',
    );
  });

  it('an invalid target is an error with its problem', () => {
    expect(failure({ subjekt: 'ama' }).message).toBe(
      '[acme] The account that the token is for is not valid: `subjekt` is unknown. Correct the call.',
    );
    expect(failure({ scope: 5 }, () => 'ama').reason).toContain('`scope` must be');
  });

  it.each([undefined, '', 5])('a `subject` function that returns %j is an error', (subject) => {
    expect(failure(undefined, () => subject).message).toBe(
      '[acme] The account that the token is for is not valid: the call names no `subject`, and the `subject` function of the definition returned none. Name a `subject` in the call, or make the call where the function finds one.',
    );
  });

  it('a `subject` function that fails is an error that names only the class of its error', () => {
    const throwing = () => {
      throw new RangeError('s3cret');
    };
    expect(failure(undefined, throwing).message).toBe(
      '[acme] The account that the token is for is not valid: the `subject` function of the definition failed (RangeError). Correct the function: it must return a string, and cannot wait for a promise.',
    );
    expect(failure(undefined, () => Promise.resolve('ama')).reason).toContain('(TypeError)');
  });
});
