import { bare } from '../util/memory.js';
import { OAuth2ClientError } from '../core/errors.js';
import { Secret } from '../util/secret.js';
import {
  failureIn,
  FunctionFailure,
  isPromise,
  kindOfValue,
  RefusedRequest,
  showable,
  ShowableError,
} from './definition-functions.js';
import type { Parameter, RequestContext, Scalar, Signature } from './request-definition.js';

/** A parameter in which nothing is left to compute. */
export type Resolved = Scalar | readonly Resolved[] | { readonly [name: string]: Resolved };

/** The member that has a value, and what may be there. */
export interface Place {
  /** Its path in the definition, such as `before.start.headers`. */
  readonly path: string;
  /** `scalars`: headers. `lists`: parameters, which may occur several times. `json`: any JSON value. */
  readonly holds: 'scalars' | 'lists' | 'json';
}

const EXPECTED: Readonly<Record<Place['holds'], string>> = {
  scalars: 'a string, a number, a boolean, or undefined to leave it out',
  lists: 'a string, a number, a boolean, a list of these, or undefined to leave it out',
  json: 'a value of JSON, or undefined to leave it out',
};

/**
 * Calls the functions in a value. Members without a value are left out.
 *
 * @param place names the functions that fail, and limits what they return; without it, they may return anything
 * @throws {FunctionFailure}
 */
export async function resolveParameter(
  parameter: Parameter | undefined | Readonly<Record<string, Parameter | undefined>>,
  context: RequestContext,
  place?: Place,
): Promise<Resolved | undefined> {
  if (typeof parameter === 'function') return computed(parameter, context, place);
  if (parameter instanceof Secret) return parameter.reveal();
  if (typeof parameter !== 'object' || parameter === null) return parameter;
  if (Array.isArray(parameter)) {
    const list = parameter as readonly Parameter[];
    const items = await Promise.all(
      list.map((item, i) => resolveParameter(item, context, below(place, i))),
    );
    return items.filter((item) => item !== undefined);
  }
  const members = parameter as Readonly<Record<string, Parameter | undefined>>;
  return resolveParameters(members, context, (name) => below(place, name));
}

/** @param placeOf the place of a member */
export async function resolveParameters(
  parameters: Readonly<Record<string, Parameter | undefined>>,
  context: RequestContext,
  placeOf: (name: string) => Place | undefined,
): Promise<Readonly<Record<string, Resolved>>> {
  const entries = await Promise.all(
    Object.entries(parameters).map(
      async ([name, value]) =>
        [name, await resolveParameter(value, context, placeOf(name))] as const,
    ),
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<
    string,
    Resolved
  >;
}

async function computed(
  make: Extract<Parameter, (...given: never[]) => unknown>,
  context: RequestContext,
  place: Place | undefined,
): Promise<Resolved | undefined> {
  const call = () => make(context);
  const made: unknown = (await (place ? within(place.path, call) : call())) ?? undefined;
  const value = made instanceof Secret ? made.reveal() : made;
  if (value === undefined || !place || isResolved(value, place.holds)) return value as Resolved;
  const returned = `returned ${kindOfValue(value)} instead of ${EXPECTED[place.holds]}`;
  throw new FunctionFailure(place.path, returned);
}

function isResolved(value: unknown, holds: Place['holds']): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (holds === 'scalars' || typeof value !== 'object') return false;
  if (Array.isArray(value)) {
    return value.every((item) => isResolved(item, holds === 'json' ? 'json' : 'scalars'));
  }
  if (holds === 'lists') return false;
  return Object.values(value ?? {}).every((item) => item === undefined || isResolved(item, 'json'));
}

function below(place: Place | undefined, name: string | number): Place | undefined {
  return place && { ...place, path: `${place.path}.${name}` };
}

/** Runs a function of a definition. A failure names the member, or a member inside of it. */
export async function within<T>(member: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof RefusedRequest) throw error;
    if (error instanceof OAuth2ClientError && showable(error) === undefined) throw error;
    const failure = failureIn(member, error);
    if (failure !== error) throw failure;
    throw new FunctionFailure(`${member}.${failure.member}`, failure.what);
  }
}

/**
 * Values by name that throw where a function reads a name which the definition does not declare. Without that, a
 * misspelled name would be `undefined` in the middle of a digest.
 *
 * @param known further names that may be read although they have no value
 * @param what the kind of value, for the error
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

/** Names that JavaScript and tools read on their own when they compare or print values. */
const OF_TOOLS = new Set(['then', 'toJSON', 'asymmetricMatch', '$$typeof', 'nodeType', 'inspect']);

function listed(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `\`${name}\``).join(', ') || 'none';
}

/** Every string and number in a value, as text. */
export function leavesOf(value: Resolved): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value as Readonly<Record<string, Resolved>>).flatMap(leavesOf);
}

/** RFC 9110 §5.5, without obsolete line folding. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function isHeaderValue(value: string): boolean {
  return HEADER_VALUE.test(value);
}

/**
 * A computed header as text.
 *
 * @throws {ShowableError} if it would break or forge a header. Such a value is refused, never repaired.
 */
export function headerValue(name: string, value: unknown): string {
  const text = String(value);
  if (isHeaderValue(text)) return text;
  throw new ShowableError(
    `the value of the header \`${name}\` has characters that no header may carry`,
  );
}

/** A signature as it is sent: all values are text. */
export interface CheckedSignature {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

const SIGNED = ['headers', 'query'] as const;

/**
 * Checks what a `sign` function returned. Only the server would notice that a signature is missing, and it
 * cannot say why.
 *
 * @throws {ShowableError}
 */
export function checkedSignature(signature: Signature): CheckedSignature {
  if (!isMembers(signature) || isPromise(signature)) {
    throw new ShowableError(
      `it returned ${kindOfValue(signature)} instead of an object with \`headers\`, \`query\` or both`,
    );
  }
  const unknown = Object.keys(signature).find((name) => !SIGNED.includes(name as 'query'));
  if (unknown !== undefined) {
    throw new ShowableError(
      `it returned an object with \`${unknown}\`, but only \`headers\` and \`query\` are used`,
    );
  }
  const { headers, query } = bare(signature);
  return { headers: textsOf('headers', headers), query: textsOf('query', query) };
}

function textsOf(member: (typeof SIGNED)[number], values: unknown = {}): Record<string, string> {
  if (!isMembers(values)) {
    throw new ShowableError(`it returned \`${member}\` that is not a plain object`);
  }
  const texts = Object.entries(values).map(([name, value]) => {
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new ShowableError(
        `it returned \`${member}\` in which \`${name}\` is ${kindOfValue(value)}`,
      );
    }
    return member === 'headers' ? [name, headerValue(name, value)] : [name, String(value)];
  });
  return Object.fromEntries(texts) as Record<string, string>;
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}
