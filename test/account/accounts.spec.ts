import { describe, expect, it } from '@jest/globals';

import { instant } from '../../lib/util/clock.js';
import { backOff } from '../../lib/account/backoff.js';
import { lifeOf } from '../../lib/account/freshness.js';
import { Accounts } from '../../lib/account/accounts.js';
import { TokenSet } from '../../lib/core/token-set.js';
import { rejection } from '../support/collect.js';
import { permanent } from '../support/failures.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const subjects = (count: number, prefix = 'subject') =>
  Array.from({ length: count }, (_, i) => ({ subject: `${prefix}-${i}` }));

describe('the accounts in memory', () => {
  const accountsOf = (limit: number, canLogInAgain = true) => {
    const clock = new ManualClock();
    return {
      clock,
      accounts: new Accounts({
        name: 'acme',
        emit: () => {},
        clock,
        accountLimit: limit,
        source: { canLogInAgain },
      }),
    };
  };
  const heldBack = (clock: ManualClock) =>
    backOff(undefined, permanent(), undefined, false, clock.monotonic());
  const giveRefreshToken = (accounts: Accounts, clock: ManualClock, subject: string) => {
    const expiresAt = clock.now() + 3_600_000;
    const tokens = new TokenSet({ accessToken: 'a', refreshToken: 'r', expiresAt });
    accounts.of({ subject }).adopt(tokens, lifeOf(expiresAt, instant(clock), instant(clock), 0));
  };

  it('memory keeps no more accounts than the limit for 20,000 subjects', () => {
    const { accounts } = accountsOf(2_000);
    let largest = 0;
    for (const target of subjects(20_000)) {
      accounts.of(target);
      largest = Math.max(largest, accounts.size);
    }
    expect(largest).toBe(2_001);
  });

  it('the least recently used account is evicted first', () => {
    const { accounts } = accountsOf(3);
    const [a, b, c, d] = subjects(4);
    const before = [a, b, c].map((target) => accounts.of(target));
    accounts.of(a); // used again: b is now the oldest
    accounts.of(d);
    expect(accounts.of(a)).toBe(before[0]);
    expect(accounts.of(c)).toBe(before[2]);
    expect(accounts.of(b)).not.toBe(before[1]);
  });

  it('memory keeps no more accounts than the limit although all of them are in use', () => {
    const { accounts } = accountsOf(100);
    const visitors = subjects(1_000);
    for (const [i, target] of visitors.entries()) {
      accounts.of(target);
      for (const other of visitors.slice(Math.max(0, i - 99), i)) accounts.find(other);
      expect(accounts.size).toBeLessThanOrEqual(101);
    }
    expect(accounts.find(visitors.at(-1))).toBeDefined();
  });

  it("the definition's own account is never evicted", () => {
    const { accounts } = accountsOf(1);
    const own = accounts.of(undefined);
    for (const target of subjects(100)) accounts.of(target);
    expect(accounts.of({})).toBe(own);
  });

  it('an account is not evicted during a renewal', () => {
    const { accounts } = accountsOf(2);
    const account = accounts.of({ subject: 'renewing' });
    account.renewal = new Promise(() => {});
    for (const target of subjects(100)) accounts.of(target);
    expect(accounts.of({ subject: 'renewing' })).toBe(account);
  });

  it('an account is not evicted during its back-off', () => {
    const { accounts, clock } = accountsOf(2);
    const account = accounts.of({ subject: 'held back' });
    account.backoff = heldBack(clock);
    for (const target of subjects(100)) accounts.of(target);
    clock.advance(29_999);
    expect(accounts.of({ subject: 'held back' })).toBe(account);
    clock.advance(1);
    for (const target of subjects(100, 'later')) accounts.of(target);
    expect(accounts.of({ subject: 'held back' })).not.toBe(account);
  });

  it('an account is not evicted if its refresh token is the only way to log in', () => {
    const { accounts, clock } = accountsOf(2, false);
    giveRefreshToken(accounts, clock, 'precious');
    const account = accounts.of({ subject: 'precious' });
    for (const target of subjects(100)) accounts.of(target);
    expect(accounts.of({ subject: 'precious' })).toBe(account);
  });

  it('an account with a refresh token may be evicted if there is a login', () => {
    const { accounts, clock } = accountsOf(2);
    giveRefreshToken(accounts, clock, 'replaceable');
    for (const target of subjects(100)) accounts.of(target);
    expect(accounts.of({ subject: 'replaceable' }).tokens).toBeUndefined();
  });

  it('memory exceeds the limit while no account may be evicted', () => {
    const { accounts, clock } = accountsOf(10, false);
    for (const { subject } of subjects(20)) giveRefreshToken(accounts, clock, subject);
    expect(accounts.size).toBe(21);
    for (const { subject } of subjects(20)) {
      expect(accounts.of({ subject }).tokens?.refreshToken).toBe('r');
    }
    for (const target of subjects(10_000, 'visitor')) accounts.of(target);
    expect(accounts.size).toBeLessThan(40);
  });

  it('memory shrinks to the limit again when the accounts may be evicted', () => {
    const { accounts, clock } = accountsOf(10);
    for (const target of subjects(100)) {
      accounts.of(target).backoff = heldBack(clock);
    }
    expect(accounts.size).toBe(101);
    clock.advance(30_000);
    for (const target of subjects(200, 'later')) accounts.of(target);
    expect(accounts.size).toBe(11);
  });
});

describe('the target of an account', () => {
  const accounts = () =>
    new Accounts({
      name: 'acme',
      emit: () => {},
      clock: new ManualClock(),
      accountLimit: 10,
      source: { canLogInAgain: true },
    });

  it('an account has a frozen copy of its target without undefined members', () => {
    const scope = ['read'];
    const { target } = accounts().of({ subject: 'ama', scope, resource: undefined });
    scope.push('admin');
    expect(target).toEqual({ subject: 'ama', scope: ['read'] });
    expect(Object.keys(target)).toEqual(['subject', 'scope']);
    expect([Object.isFrozen(target), Object.isFrozen(target.scope)]).toEqual([true, true]);
  });

  it('the target of an account with nothing but a subject is frozen, too', () => {
    const { target } = accounts().of({ subject: 'ama' });
    expect(target).toEqual({ subject: 'ama' });
    expect(Object.isFrozen(target)).toBe(true);
  });

  it('iteration begins with the own account', () => {
    const all = accounts();
    for (const subject of ['ama', 'kofi']) all.of({ subject });
    expect([...all].map(({ target }) => target.subject)).toEqual([undefined, 'ama', 'kofi']);
    expect([...all][0]).toBe(all.of(undefined));
    expect(all.size).toBe(3);
  });

  it('an account that is not in memory is not found', () => {
    const all = accounts();
    expect(all.find({ subject: 'ama' })).toBeUndefined();
    expect(all.find({})).toBe(all.of(undefined));
  });

  it('a new account evicts nothing below the limit', () => {
    const all = accounts();
    for (const target of subjects(10)) all.of(target);
    expect(subjects(10).map((target) => all.find(target))).not.toContain(undefined);
  });

  it('an account is not evicted while its tokens become a tombstone', () => {
    const all = accounts();
    const account = all.of({ subject: 'revoked' });
    account.tombstoning = Promise.resolve();
    for (const target of subjects(100)) all.of(target);
    expect(all.find({ subject: 'revoked' })).toBe(account);
  });

  it('the oldest of eight used accounts is evicted', () => {
    const all = accounts();
    for (const target of subjects(10)) all.of(target);
    for (const target of subjects(10)) all.find(target);
    all.of({ subject: 'one more' });
    const left = [...all].map(({ target }) => target.subject);
    expect(left).toHaveLength(11);
    expect(left).not.toContain('subject-0');
  });
});

describe('a provider with more subjects than the limit', () => {
  it('a provider logs in again only for an account that was evicted', async () => {
    const bench = new ProviderBench({ accountLimit: 3 });
    for (const target of subjects(4)) await bench.token(target);
    await bench.token({ subject: 'subject-3' });
    await bench.token({ subject: 'subject-0' });
    expect(bench.source.asks.map(({ target }) => target.subject)).toEqual([
      'subject-0',
      'subject-1',
      'subject-2',
      'subject-3',
      'subject-0',
    ]);
  });

  it('an account with a wrong password stays although many others come', async () => {
    const bench = new ProviderBench({ accountLimit: 3 });
    bench.source.onAsk = (ask) =>
      ask.target.subject === 'wrong' ? ask.fail(permanent()) : ask.grant();
    for (let round = 0; round < 10; round++) {
      await rejection(bench.token({ subject: 'wrong' }));
      for (const target of subjects(20, `round-${round}`)) await bench.token(target);
    }
    const logins = bench.source.asks.filter(({ target }) => target.subject === 'wrong');
    expect(logins).toHaveLength(1);
  });

  it('all callers get their tokens although more accounts are renewed at once than the limit', async () => {
    const bench = new ProviderBench({ accountLimit: 10 });
    bench.source.holdAnswers();
    const waiting = subjects(100).flatMap((target) => [bench.token(target), bench.token(target)]);
    await idle();
    expect(bench.source.asks).toHaveLength(100);
    for (const ask of bench.source.asks) ask.grant({ accessToken: ask.target.subject });
    expect(await Promise.all(waiting)).toEqual(
      subjects(100).flatMap(({ subject }) => [subject, subject]),
    );
  });

  it('`peek`, `status` and `invalidate` create no account', async () => {
    const bench = new ProviderBench({ accountLimit: 10 });
    for (const target of subjects(10)) await bench.token(target);
    for (const target of subjects(1_000, 'stranger')) {
      bench.provider.peek(target);
      bench.provider.status(target);
      bench.provider.invalidate(target);
    }
    for (const target of subjects(10)) await bench.token(target);
    expect(bench.source.asks).toHaveLength(10);
  });
});
