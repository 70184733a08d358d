import { kindOf, OAuth2ClientError } from '../core/errors.js';

/** An error whose text is ours and holds no secret, so that it may be shown. */
export class ShowableError extends TypeError {}

/** A function of a definition threw, or returned what it must not return. */
export class FunctionFailure extends Error {
  constructor(
    /** Where in the definition the function is, such as `parameters.sign`. */
    readonly member: string,
    /** What it did, as the end of a sentence. Holds no secret. */
    readonly what: string,
  ) {
    super(`The function \`${member}\` ${what}.`);
    this.name = 'FunctionFailure';
  }
}

/** What a failure within a member of a definition becomes. A foreign error may quote a secret. */
export function failureIn(member: string, error: unknown): FunctionFailure {
  if (error instanceof FunctionFailure) return error;
  const told = showable(error);
  return new FunctionFailure(
    member,
    told === undefined ? `threw (${kindOf(error)})` : `failed: ${told}`,
  );
}

/** What may be shown of an error: the text of one of ours, or what the tag `url` says of a variable. */
function showable(error: unknown): string | undefined {
  if (error instanceof ShowableError) return error.message;
  const isOfTag = error instanceof OAuth2ClientError && error.code === 'CONFIGURATION_INVALID';
  return isOfTag ? error.reason.replace(/\.$/, '') : undefined;
}

/** Runs something of a definition, so that a failure names its member, or a member in it. */
export async function within<T>(member: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof OAuth2ClientError && showable(error) === undefined) throw error;
    const failure = failureIn(member, error);
    if (failure !== error) throw failure;
    throw new FunctionFailure(`${member}.${failure.member}`, failure.what);
  }
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

/** Whether a value is a promise. Its own failure then reaches nobody. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  const isThenable = typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
  if (isThenable) Promise.resolve(value).catch(() => {});
  return isThenable;
}

/**
 * Values by name, where to read a name that nobody declared is an error. Without it, a misspelled name would
 * be an `undefined` in the middle of a digest.
 *
 * @param known further names that may be read without being there
 * @param what what such a value is, for the error
 */
export function declared<T extends object>(values: T, known: readonly string[], what: string): T {
  return new Proxy(values, {
    get(target, name, receiver) {
      const mayBeRead = typeof name === 'symbol' || name in target || OF_TOOLS.has(name);
      if (mayBeRead || known.includes(name)) return Reflect.get(target, name, receiver) as unknown;
      throw new ShowableError(
        `the definition declares no ${what} \`${name}\` (it has ${listed([...Object.keys(target), ...known])})`,
      );
    },
  });
}

/** Names that JavaScript asks for, and tools that compare or print values. */
const OF_TOOLS = new Set(['then', 'toJSON', 'asymmetricMatch', '$$typeof', 'nodeType', 'inspect']);

function listed(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `\`${name}\``).join(', ') || 'none';
}
