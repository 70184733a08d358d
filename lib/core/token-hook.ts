import type { Closing } from './closing.js';
import { kindOf } from './errors.js';
import type { TokenSet } from './token-set.js';
import type { TokenTarget } from './token-target.js';

/**
 * Called with every new token set before it is used, so that a rotated refresh token can be kept.
 * Awaited for 5 seconds at most; a failure is logged and does not fail the renewal.
 */
export type OnTokenSet = (tokens: TokenSet, target: TokenTarget) => void | Promise<void>;

/** Milliseconds that an {@link OnTokenSet} is awaited for. */
const DEADLINE = 5_000;

class LateError extends Error {}

/** @returns what went wrong, without the text of an error, which may quote the token */
export async function callHook(
  hook: () => void | Promise<void>,
  closing: Closing,
): Promise<string | undefined> {
  const late = () => new LateError();
  try {
    await closing.withDeadline(DEADLINE, late, async () => hook());
  } catch (error) {
    return error instanceof LateError
      ? `took longer than ${DEADLINE / 1_000} s`
      : `failed (${kindOf(error)})`;
  }
  return undefined;
}
