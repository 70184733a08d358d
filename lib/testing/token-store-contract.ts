import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { TokenSet, type TokenSetFields } from '../core/token-set.js';
import type { StoredFailure, TokenStore } from '../core/token-store.js';

/** One thing that must hold of a store. */
export interface ContractCase {
  readonly name: string;
  /** Rejects if it does not hold. */
  readonly run: () => Promise<void>;
}

/** Milliseconds that a store may take to let an expired lock go. */
const PATIENCE = 2_000;

const HOUR = 3_600_000;

/**
 * All that must hold of a `TokenStore`, to be run by any test runner:
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
    const fields = tokenFields({
      tokenType: 'Token',
      refreshToken: 'refresh',
      refreshAt: Date.now() + HOUR / 2,
      refreshExpiresAt: Date.now() + 24 * HOUR,
      scope: 'read write',
      refreshes: 3,
      spent: ['digest'],
      extra: { instance_url: 'https://eu.example', nested: { list: [1, 'ü'] } },
    });
    const version = await store.set(key, new TokenSet(fields), undefined);
    const found = await store.get(key);
    assert.equal(found.version, version);
    assert.deepEqual({ ...found.tokens?.fields() }, fields);
  },

  'keeps accounts apart': async (store, key) => {
    await store.set(key, tokenSet('one'), undefined);
    assert.equal((await store.get(`${key}-other`)).version, undefined);
  },

  'keeps an expired token set that has a refresh token': async (store, key) => {
    const expired = tokenSet('old', { expiresAt: Date.now() - HOUR, refreshToken: 'refresh' });
    const version = await store.set(key, expired, undefined);
    await store.set(`${key}-other`, tokenSet('another'), undefined);
    assert.equal((await store.get(key)).version, version);
  },

  'takes a token set in place of the one that it replaces': async (store, key) => {
    const first = await store.set(key, tokenSet('one'), undefined);
    const second = await store.set(key, tokenSet('two'), first);
    assert.ok(second !== undefined && second !== first);
    const found = await store.get(key);
    assert.deepEqual([found.tokens?.accessToken, found.version], ['two', second]);
  },

  'takes none where somebody else has written since': async (store, key) => {
    const first = await store.set(key, tokenSet('one'), undefined);
    const second = await store.set(key, tokenSet('two'), first);
    assert.equal(await store.set(key, tokenSet('late'), first), undefined);
    assert.equal(await store.set(key, tokenSet('late'), undefined), undefined);
    assert.equal(await store.set(`${key}-other`, tokenSet('late'), second), undefined);
    assert.equal((await store.get(key)).tokens?.accessToken, 'two');
  },

  'takes one of many that come at once': async (store, key) => {
    const first = await store.set(key, tokenSet('one'), undefined);
    const all = Array.from({ length: 20 }, (_, i) => store.set(key, tokenSet(`${i}`), first));
    const taken = (await Promise.all(all)).filter((version) => version !== undefined);
    assert.equal(taken.length, 1);
    assert.equal((await store.get(key)).version, taken[0]);
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

  'does not let the holder of a lost lock release the next one': async (store, key) => {
    const lost = await locked(store, key, 20);
    await untilLocked(store, key);
    await lost.release(failureOf(HOUR));
    assert.equal(await store.lock(key, HOUR), 'held');
    assert.equal((await store.get(key)).failure, undefined);
  },

  'tells of a failure until its time is over': async (store, key) => {
    await (await locked(store, key)).release(failureOf(HOUR));
    const { failure } = await store.get(key);
    assert.deepEqual({ ...failure?.details }, { ...DETAILS });
    assert.ok(failure!.retryIn > HOUR / 2 && failure!.retryIn <= HOUR);
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
};

const DETAILS: StoredFailure['details'] = {
  code: 'TOKEN_ENDPOINT_UNAVAILABLE',
  provider: 'contract',
  stage: 'token request',
  reason: 'The token endpoint answered 503.',
  hint: 'Wait.',
  status: 503,
  retryable: true,
};

function failureOf(retryIn: number): StoredFailure {
  return { details: DETAILS, retryIn };
}

function tokenFields(changes: Partial<TokenSetFields>): TokenSetFields {
  return { accessToken: 'access', tokenType: 'Bearer', expiresAt: Date.now() + HOUR, ...changes };
}

function tokenSet(accessToken: string, changes: Partial<TokenSetFields> = {}): TokenSet {
  return new TokenSet(tokenFields({ accessToken, ...changes }));
}

async function locked(store: TokenStore, key: string, ttl = HOUR) {
  const lock = await store.lock(key, ttl);
  assert.ok(lock !== 'held', 'the lock is held');
  return lock;
}

async function untilLocked(store: TokenStore, key: string): Promise<void> {
  const end = Date.now() + PATIENCE;
  while ((await store.lock(key, HOUR)) === 'held') {
    assert.ok(Date.now() < end, 'a lock whose time is over is still held');
    await pause(5);
  }
}
