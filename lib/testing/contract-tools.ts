import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

import { TokenSet, type TokenSetFields } from '../core/token-set.js';
import type { StoredAccount, StoredFailure, TokenLock, TokenStore } from '../core/token-store.js';

/** Milliseconds. */
export const HOUR = 3_600_000;

/** Milliseconds that a store may take to let go of what has ended. */
export const PATIENCE = 2_000;

/** Milliseconds that a caller waits for an operation, and attempts that it has here to be in time once. */
const OPERATION = { longest: 250, attempts: 3 };

/** What a renewal has met. */
export const DETAILS: StoredFailure['details'] = {
  code: 'TOKEN_ENDPOINT_UNAVAILABLE',
  provider: 'contract',
  stage: 'token request',
  reason: 'The token endpoint answered 503.',
  hint: 'Wait.',
  status: 503,
  retryable: true,
};

/** @param retryInMs milliseconds */
export function failureOf(retryInMs: number): StoredFailure {
  return { details: DETAILS, retryInMs };
}

/** Every member. */
export function fullFields(): TokenSetFields {
  return {
    accessToken: 'access',
    tokenType: 'Token',
    expiresAt: Date.now() + HOUR,
    refreshToken: 'refresh',
    refreshAt: Date.now() + HOUR / 2,
    refreshExpiresAt: Date.now() + 24 * HOUR,
    scope: 'read write',
    refreshes: 3,
    family: 'digest',
    extra: { instance_url: 'https://eu.example', nested: { list: [1, 'ü'] } },
  };
}

/** What lives for an hour, without a refresh token. */
export function tokenSet(accessToken: string, changes: Partial<TokenSetFields> = {}): TokenSet {
  return new TokenSet({ accessToken, expiresAt: Date.now() + HOUR, ...changes });
}

/** @throws if that is only an object with the members of a token set */
export function fieldsOf({ tokens }: StoredAccount): TokenSetFields {
  assert.equal(typeof tokens?.fields, 'function', 'what comes back is no TokenSet');
  return { ...tokens!.fields() };
}

/** What the store has of an account, in short. */
export async function tokenAndVersion(
  store: TokenStore,
  key: string,
): Promise<readonly (string | undefined)[]> {
  const { tokens, version } = await store.get(key);
  return [tokens?.accessToken, version];
}

/** Once is enough: what is late on a busy machine is not always so. */
export async function quick(
  what: string,
  operation: (attempt: number) => Promise<unknown>,
): Promise<void> {
  for (let attempt = 0; attempt < OPERATION.attempts; attempt++) {
    const late = pause(OPERATION.longest, 'late');
    if ((await Promise.race([operation(attempt), late])) !== 'late') return;
  }
  assert.fail(`${what} took more than ${OPERATION.longest} ms, ${OPERATION.attempts} times`);
}

/** @throws if somebody else has it */
export async function locked(store: TokenStore, key: string, ttl = HOUR): Promise<TokenLock> {
  const lock = await store.lock(key, ttl);
  assert.ok(lock !== 'held', 'the lock is held');
  return lock;
}

/** Waits until a lock has ended, and takes it. */
export async function untilLocked(store: TokenStore, key: string): Promise<TokenLock> {
  for (const end = Date.now() + PATIENCE; ; await pause(5)) {
    const lock = await store.lock(key, HOUR);
    if (lock !== 'held') return lock;
    assert.ok(Date.now() < end, 'a lock whose time is over is still held');
  }
}
