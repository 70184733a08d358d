import type { Closing } from './closing.js';
import { kindOf } from '../core/errors.js';

/** Milliseconds that an `onTokenSet` function is awaited for. */
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
