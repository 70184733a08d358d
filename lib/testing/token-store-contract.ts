import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { TokenSet } from '../core/token-set.js';
import type { TokenLock, TokenStore } from '../core/token-store.js';
import {
  DETAILS,
  failureOf,
  fieldsOf,
  fullFields,
  HOUR,
  locked,
  PATIENCE,
  quick,
  tokenAndVersion,
  tokenSet,
  untilLocked,
} from './contract-tools.js';

/** One thing that must hold of a store. */
export interface ContractCase {
  readonly name: string;
  /** Rejects if it does not hold. */
  readonly run: () => Promise<void>;
}

/** Milliseconds after which nothing may have ended that was given more. */
const LASTING = 1_000;

/**
 * All that must hold of a `TokenStore`, to be run by any test runner. Takes less than three seconds, most
 * of them to see that nothing ends before its time:
 *
 * ```ts
 * for (const { name, run } of tokenStoreContract(() => new MyTokenStore())) it(name, run);
 * ```
 *
 * @param create a store that is ready; asked once for each case. Cases use keys of their own.
 */
export function tokenStoreContract(
  create: () => TokenStore | Promise<TokenStore>,
): readonly ContractCase[] {
  return Object.entries(CASES).map(([name, check]) => ({
    name,
    run: async () => check(await create(), `contract-${randomUUID()}`),
  }));
}

type Check = (store: TokenStore, key: string) => Promise<void>;

const CASES: Readonly<Record<string, Check>> = {
  'knows nothing of an account that nobody wrote': async (store, key) => {
    const { tokens, version, failure } = await store.get(key);
    assert.deepEqual([tokens, version, failure], [undefined, undefined, undefined]);
  },

  'gives back every member of a token set': async (store, key) => {
    const fields = fullFields();
    const version = await store.set(key, new TokenSet(fields), undefined);
    const found = await store.get(key);
    assert.equal(found.version, version);
    assert.deepEqual(fieldsOf(found), fields);
  },

  'keeps a token whole that is as long as those with many claims are': async (store, key) => {
    const long = 'access-'.repeat(1_000);
    await store.set(key, tokenSet(long), undefined);
    assert.ok((await store.get(key)).tokens?.accessToken === long);
  },

  'gives back nothing for the members that a token set does not have': async (store, key) => {
    const tokens = tokenSet('bare');
    await store.set(key, tokens, undefined);
    assert.deepEqual(fieldsOf(await store.get(key)), { ...tokens.fields() });
  },

  'leaves the token set that it is given as it is': async (store, key) => {
    const tokens = new TokenSet(fullFields());
    const before = JSON.stringify(tokens.fields());
    await store.set(key, tokens, undefined);
    assert.equal(JSON.stringify(tokens.fields()), before);
  },

  'keeps accounts apart': async (store, key) => {
    await store.set(`${key}-a`, tokenSet('one'), undefined);
    await (await locked(store, `${key}-a`)).release(failureOf(HOUR));
    for (const other of [`${key}-b`, `${key}-A`, key]) {
      const { version, failure } = await store.get(other);
      assert.deepEqual([version, failure], [undefined, undefined]);
    }
  },

  'keeps an expired token set that has a refresh token': async (store, key) => {
    const old = { expiresAt: Date.now() - HOUR, refreshToken: 'refresh' };
    for (const refreshExpiresAt of [undefined, Date.now() + HOUR]) {
      const name = `${key}-${refreshExpiresAt}`;
      const version = await store.set(
        name,
        tokenSet('old', { ...old, refreshExpiresAt }),
        undefined,
      );
      await store.set(`${name}-other`, tokenSet('another'), undefined);
      const found = await store.get(name);
      assert.deepEqual([found.version, found.tokens?.refreshToken], [version, 'refresh']);
    }
  },

  'keeps locks, failures and refresh tokens until their time is over': async (store, key) => {
    await locked(store, key);
    await (await locked(store, `${key}-failed`)).release(failureOf(HOUR));
    const ending = { expiresAt: Date.now() + LASTING / 2, refreshToken: 'refresh' };
    const version = await store.set(key, tokenSet('ending', ending), undefined);
    await pause(LASTING);
    assert.equal(await store.lock(key, HOUR), 'held', 'a lock has ended before its time');
    assert.ok((await store.get(`${key}-failed`)).failure, 'a failure has ended before its time');
    const found = await store.get(key);
    assert.deepEqual([found.version, found.tokens?.refreshToken], [version, 'refresh']);
  },

  'lets one that has ended take the place of one that lives': async (store, key) => {
    const first = await store.set(key, tokenSet('given back', { refreshToken: 'r' }), undefined);
    await store.set(key, tokenSet('given back', { expiresAt: 0 }), first);
    const found = await store.get(key);
    assert.notEqual(found.version, first);
    assert.equal(found.tokens?.refreshToken, undefined);
  },

  'gives every write a version of its own, whatever its key': async (store, key) => {
    const tokens = tokenSet('the same');
    const [first, another] = await Promise.all(
      [key, `${key}-other`].map((name) => store.set(name, tokens, undefined)),
    );
    const versions = [first, another, await store.set(key, tokens, first)];
    assert.deepEqual([...new Set(versions)], versions);
    for (const version of versions) assert.equal(typeof version, 'string');
  },

  'takes a token set in place of the one that it replaces': async (store, key) => {
    const first = await store.set(key, tokenSet('one'), undefined);
    const second = await store.set(key, tokenSet('two'), first);
    assert.ok(second !== undefined && second !== first);
    assert.deepEqual(await tokenAndVersion(store, key), ['two', second]);
  },

  'takes none where somebody else has written since': async (store, key) => {
    const first = await store.set(key, tokenSet('one'), undefined);
    const second = await store.set(key, tokenSet('two'), first);
    assert.equal(await store.set(key, tokenSet('late'), first), undefined);
    assert.deepEqual(await tokenAndVersion(store, key), ['two', second]);
  },

  'takes none as the first where there is one': async (store, key) => {
    const first = await store.set(key, tokenSet('one'), undefined);
    assert.equal(await store.set(key, tokenSet('late'), undefined), undefined);
    assert.deepEqual(await tokenAndVersion(store, key), ['one', first]);
  },

  'takes none in place of one where there is none': async (store, key) => {
    const elsewhere = await store.set(`${key}-other`, tokenSet('one'), undefined);
    assert.equal(await store.set(key, tokenSet('late'), elsewhere), undefined);
    assert.equal((await store.get(key)).version, undefined);
  },

  'takes one of many that come at once': async (store, key) => {
    let last: string | undefined;
    for (const _round of ['the first', 'one more']) {
      const all = Array.from({ length: 20 }, (_, i) => store.set(key, tokenSet(`${i}`), last));
      const taken = (await Promise.all(all)).filter((version) => version !== undefined);
      assert.equal(taken.length, 1);
      last = (await store.get(key)).version;
      assert.equal(last, taken[0]);
    }
  },

  'gives a lock to one of many': async (store, key) => {
    const all = Array.from({ length: 20 }, () => store.lock(key, HOUR));
    const locks = (await Promise.all(all)).filter((lock) => lock !== 'held');
    assert.equal(locks.length, 1);
    assert.notEqual(await store.lock(`${key}-other`, HOUR), 'held');
  },

  'gives a lock again once it was released': async (store, key) => {
    await (await locked(store, key)).release();
    await (await locked(store, key)).release();
  },

  'gives a lock again once its time is over': async (store, key) => {
    await locked(store, key, 20);
    await untilLocked(store, key);
  },

  'says nothing wrong of how the last holder of a lock has ended': async (store, key) => {
    const first = await locked(store, key);
    await first.release();
    const second = await locked(store, key, 20);
    const third = await untilLocked(store, key);
    assert.ok(!first.wasAbandoned && !second.wasAbandoned, 'abandoned, after a release');
    assert.ok(third.wasAbandoned !== false, 'not abandoned, without a release');
  },

  'does not let the holder of a lost lock release the next one': async (store, key) => {
    const lost = await locked(store, key, 20);
    await untilLocked(store, key);
    await lost.release(failureOf(HOUR));
    assert.equal(await store.lock(key, HOUR), 'held');
    assert.equal((await store.get(key)).failure, undefined);
  },

  'tells of a failure until its time is over': async (store, key) => {
    const retryInMs = HOUR / 2 + 0.3; // a share of a back-off, and so no integer
    await (await locked(store, key)).release(failureOf(retryInMs));
    const { failure } = await store.get(key);
    assert.deepEqual({ ...failure?.details }, { ...DETAILS });
    assert.ok(failure!.retryInMs > HOUR / 3 && failure!.retryInMs <= retryInMs + 1);
    await (await locked(store, key)).release(failureOf(20));
    const end = Date.now() + PATIENCE;
    while ((await store.get(key)).failure && Date.now() < end) await pause(5);
    assert.equal((await store.get(key)).failure, undefined);
  },

  'forgets a failure once there are tokens': async (store, key) => {
    await (await locked(store, key)).release(failureOf(HOUR));
    await store.set(key, tokenSet('one'), undefined);
    assert.equal((await store.get(key)).failure, undefined);
  },

  'answers within 250 ms, also that a lock is held': async (store, key) => {
    await quick('get', () => store.get(key));
    await quick('set', (i) => store.set(`${key}-${i}`, tokenSet('one'), undefined));
    await locked(store, key);
    await quick('lock that is held', () => store.lock(key, HOUR));
    const locks: TokenLock[] = [];
    await quick('lock', async (i) => locks.push(await locked(store, `${key}-${i}`)));
    await quick('release', () => locks.at(-1)!.release(failureOf(HOUR)));
  },
};
