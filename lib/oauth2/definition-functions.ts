import { kindOf, OAuth2ClientError, type OAuth2ErrorCode } from '../core/errors.js';

/** An error whose text is the package's own and holds no secret, so that it may be shown. */
export class ShowableError extends TypeError {}

/** A function of a definition threw, or returned something that it must not return. */
export class FunctionFailure extends Error {
  constructor(
    /** The path of the function in the definition, such as `parameters.sign`. */
    readonly member: string,
    /** What it did, as the end of a sentence. Holds no secret. */
    readonly what: string,
  ) {
    super(`The function \`${member}\` ${what}.`);
    this.name = 'FunctionFailure';
  }
}

/** A request that a definition describes must not be sent as it is. */
export class RefusedRequest extends Error {
  constructor(
    reason: string,
    readonly hint: string,
    readonly code: OAuth2ErrorCode = 'CREDENTIALS_UNAVAILABLE',
  ) {
    super(reason);
    this.name = 'RefusedRequest';
  }
}

/** The error for a failure inside a member of a definition. An error of other code may quote a secret. */
export function failureIn(member: string, error: unknown): FunctionFailure {
  if (error instanceof FunctionFailure) return error;
  const text = showable(error);
  return new FunctionFailure(
    member,
    text === undefined ? `threw (${kindOf(error)})` : `failed: ${text}`,
  );
}

/** The text of an error that may be shown: one of the package's own, such as that of the `url` tag. */
export function showable(error: unknown): string | undefined {
  if (error instanceof ShowableError) return error.message;
  const isOfTag = error instanceof OAuth2ClientError && error.code === 'CONFIGURATION_INVALID';
  return isOfTag ? error.reason.replace(/\.$/, '') : undefined;
}

/**
 * The error for a request that could not be made from its definition. A function's own error may quote a secret, so
 * only its class is shown.
 */
export function notComputed(provider: string, error: unknown): OAuth2ClientError {
  if (error instanceof OAuth2ClientError) return error;
  const isRefused = error instanceof RefusedRequest;
  return new OAuth2ClientError({
    code: isRefused ? error.code : 'CREDENTIALS_UNAVAILABLE',
    provider,
    stage: 'token request',
    reason: isRefused ? error.message : failureReason(error),
    hint: isRefused ? error.hint : HIDDEN,
    retryable: !isRefused || error.code === 'CREDENTIALS_UNAVAILABLE', // a vault may be back later
    evaluated: false,
  });
}

const HIDDEN =
  'Nothing was sent. Call the function by itself to see its error, which is not shown here because it may quote a secret.';

function failureReason(error: unknown): string {
  return error instanceof FunctionFailure
    ? `\`${error.member}\` of the definition ${error.what}.`
    : `The definition could not be turned into a request (${kindOf(error)}).`;
}

/** What a value is, in words, without the value. */
export function kindOfValue(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : String(value);
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  if (Array.isArray(value)) return 'a list';
  if (isPromise(value)) return 'a promise';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Whether a value is a promise. Its rejection is then handled, because nobody else awaits it. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  const isThenable = typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
  if (isThenable) Promise.resolve(value).catch(() => {});
  return isThenable;
}

const CONSTANTS = Symbol.for('nestjs-oauth2-client:constants');

type WithConstants = { readonly [CONSTANTS]?: () => readonly unknown[] };

/** Notes the constants that a ready-made function is made of, for the account key. They do not show when it is printed. */
export function madeOf<F extends (...parameters: never[]) => unknown>(
  make: F,
  ...constants: readonly unknown[]
): F {
  return Object.defineProperty(make, CONSTANTS, { value: () => constants });
}

/** The constants that a ready-made function is made of; `undefined` for any other value. */
export function constantsOf(make: unknown): readonly unknown[] | undefined {
  return (make as WithConstants)[CONSTANTS]?.();
}
