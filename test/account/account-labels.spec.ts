import { describe, expect, it } from '@jest/globals';

import {
  accountLabels,
  type AccountLabel,
  type LabelledAccount,
  type LabelParts,
} from '../../lib/account/account-label.js';
import type { TokenTarget } from '../../lib/core/token-target.js';

const HASH = /^[\da-f]{10}$/;

const labels = (parts: Partial<LabelParts> = {}) =>
  accountLabels({ provider: 'acme', secrets: () => ['s1', 's2'], ...parts });

describe('the default label of an account', () => {
  it('the label is the same in all instances, after a restart and in later versions', () => {
    expect(labels()({ subject: 'ama' })).toBe('23f5bd8d2e');
  });

  it.each<[string, Partial<LabelParts>, string]>([
    ['provider', { provider: 'zeepay' }, '87a49cc03c'],
    ['list of secrets', { secrets: () => ['s1s2'] }, '90c9e6cfe0'],
  ])('another %s makes another label', (_what, parts, label) => {
    expect(labels(parts)({ subject: 'ama' })).toBe(label);
  });

  it.each<[string, TokenTarget | undefined]>([
    ['no target', undefined],
    ['an empty target', {}],
    ['a target without values', { scope: undefined, resource: undefined }],
  ])('the own account has no label with %s', (_what, target) => {
    expect(labels()(target)).toBeUndefined();
    expect(labels({ accountLabel: () => 'own' })(target)).toBeUndefined();
  });

  it('accounts have different labels', () => {
    const labelOf = labels();
    const targets = [
      { subject: 'ama' },
      { subject: 'kofi' },
      { scope: 'ama' },
      { resource: 'ama' },
    ];
    const made = targets.map((target) => labelOf(target)!);
    for (const label of made) expect(label).toMatch(HASH);
    expect(new Set(made).size).toBe(4);
  });

  it('without constant secrets, the labels are random and stay the same in one process', () => {
    const [one, other] = [labels({ secrets: () => [] }), labels({ secrets: () => [] })];
    const label = one({ subject: 'ama' });
    expect(label).toMatch(HASH);
    expect(one({ subject: 'ama' })).toBe(label);
    expect(other({ subject: 'ama' })).not.toBe(label);
  });

  it('the secrets are read once, for the first label', () => {
    let reads = 0;
    const labelOf = labels({ secrets: () => [`secret ${++reads}`] });
    labelOf({});
    expect(reads).toBe(0);
    expect(labelOf({ subject: 'ama' })).toBe(labelOf({ subject: 'ama' }));
    expect(reads).toBe(1);
  });
});

describe('the label that the application makes', () => {
  it('the function gets the account with sorted lists and returns its label', () => {
    const accounts: LabelledAccount[] = [];
    const labelOf = labels({ accountLabel: (account) => `number ${accounts.push(account)}` });
    expect(labelOf({ subject: 'ama' })).toBe('number 1');
    expect(labelOf({ scope: 'write  read read', resource: ['b', 'a'] })).toBe('number 2');
    expect(accounts).toEqual([
      { provider: 'acme', subject: 'ama', scope: undefined, resource: undefined },
      { provider: 'acme', subject: undefined, scope: ['read', 'write'], resource: ['a', 'b'] },
    ]);
    const [, second] = accounts;
    for (const value of [second, second?.scope, second?.resource]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });

  it('a label has one line of at most 64 characters', () => {
    const labelOf = labels({ accountLabel: () => ` a\nb${'c'.repeat(100)}` });
    expect(labelOf({ subject: 'ama' })).toBe(`a b${'c'.repeat(60)}…`);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['returns nothing', () => undefined],
    ['returns white space', () => ' \n'],
    ['returns a number', () => 5],
    ['returns a promise', () => Promise.resolve('late')],
    ['returns a promise that rejects', () => Promise.reject(new Error('late'))],
  ])('the account has the default label if the function %s', (_what, accountLabel) => {
    const labelOf = labels({ accountLabel: accountLabel as AccountLabel });
    expect(labelOf({ subject: 'ama' })).toBe('23f5bd8d2e');
  });
});
