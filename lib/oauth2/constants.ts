const CONSTANTS = Symbol.for('nestjs-oauth2-client:constants');

type Known = { readonly [CONSTANTS]?: () => readonly unknown[] };

/** Notes what a function is made of, so that it belongs to the key of an account. Printing does not show it. */
export function madeOf<F extends (...parameters: never[]) => unknown>(
  make: F,
  ...constants: readonly unknown[]
): F {
  return Object.defineProperty(make, CONSTANTS, { value: () => constants });
}

/** What a function is made of; `undefined` for one that is not ours. */
export function constantsOf(make: unknown): readonly unknown[] | undefined {
  return (make as Known)[CONSTANTS]?.();
}
