import { detached } from '../util/memory.js';
import { failureIn, isPromise, kindOfValue, ShowableError } from './definition-functions.js';
import type { VendorResponse } from './vendor-response.js';

/**
 * Selects a value in a response: a path of member names and list positions that are joined by dots (`data.token`,
 * `items.0.id`), a header, a cookie, the whole body, a function, or a list of these, of which the first one that
 * finds a value counts. In a path, `*` takes the first member in which the rest of the path exists, and
 * `tokens.[type=access].value` takes the first element whose `type` is `access`.
 */
export type Selector =
  | string
  | { readonly header: string }
  | { readonly cookie: string }
  | { readonly body: true }
  | readonly Selector[]
  | ((response: VendorResponse) => unknown);

/**
 * Values that members must have, or must not have, by path. A list means any of its values. A path with `*` may lead
 * to several values, and all of them are compared.
 */
export type Conditions = Readonly<Record<string, ConditionValue | readonly ConditionValue[]>>;

export type ConditionValue = string | number | boolean | null;

/** @throws {ShowableError} if a function returned something that cannot be used; otherwise what the function throws */
export function readFrom(response: VendorResponse, selector: Selector): unknown {
  if (typeof selector === 'string') return valueAt(response.body, selector);
  if (typeof selector === 'function') return detached(usable(selector(response)));
  if ('header' in selector) return response.headers[selector.header.toLowerCase()];
  if ('cookie' in selector) {
    return detached(cookieOf(response.headers['set-cookie'], selector.cookie));
  }
  if ('body' in selector) return wholeBody(response);
  return selector.map((one) => readFrom(response, one)).find((value) => isThere(value));
}

/**
 * The value that a member of the definition selects.
 *
 * @param member the path of the selector in the definition, such as `response.accessToken`
 * @throws {FunctionFailure} naming the member
 */
export function readMember(response: VendorResponse, selector: Selector, member: string): unknown {
  try {
    return readFrom(response, selector);
  } catch (error) {
    throw failureIn(member, error);
  }
}

/**
 * All values that a selector finds: a path with `*` may find several.
 *
 * @throws {FunctionFailure} naming the member
 */
export function allFrom(response: VendorResponse, selector: Selector, member: string): unknown[] {
  if (typeof selector === 'string') return valuesAt(response.body, selector);
  if (!Array.isArray(selector)) return [readMember(response, selector, member)];
  const selectors = selector as readonly Selector[];
  const found = selectors.map((one) => allFrom(response, one, member).filter(isThere));
  return found.find((values) => values.length > 0) ?? [];
}

function usable(value: unknown): unknown {
  if (isPromise(value)) {
    throw new ShowableError('it returned a promise, but a selector must return the value itself');
  }
  if (typeof value !== 'function' && typeof value !== 'symbol') return value;
  throw new ShowableError(`it returned ${kindOfValue(value)}`);
}

/** The text, or the JSON string. An object does not count. */
function wholeBody({ body, text }: VendorResponse): unknown {
  if (typeof body === 'string') return body;
  return typeof body === 'object' && body !== null ? undefined : detached(text.trim());
}

/** The value at a path; `undefined` if there is none. */
export function valueAt(value: unknown, path: string): unknown {
  for (const found of follow(value, segmentsOf(path))) return found;
  return undefined;
}

/** `[member=value]`, with a path as the member. */
const CONDITION = /^\[([^=\]]+)=([^\]]*)\]$/;

/** The first segment of a path that begins like a condition and is not one. */
export function brokenSelector(path: string): string | undefined {
  return segmentsOf(path).find((segment) => segment.startsWith('[') && !CONDITION.test(segment));
}

/** The names in a path. A dot inside a condition does not separate names. */
function segmentsOf(path: string): string[] {
  const segments: string[] = [];
  for (const part of path.split('.')) {
    const last = segments.at(-1);
    const isOpen = last?.startsWith('[') && !last.includes(']');
    if (isOpen) segments[segments.length - 1] = `${last}.${part}`;
    else segments.push(part);
  }
  return segments;
}

/** All values at a path, because `*` stands for each member. */
function valuesAt(value: unknown, path: string): unknown[] {
  return [...follow(value, segmentsOf(path))];
}

function* follow(value: unknown, [name, ...rest]: readonly string[]): Generator {
  if (name === undefined) {
    if (value !== undefined) yield value;
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const [, selected, wanted = ''] = CONDITION.exec(name) ?? [];
  if (name === '*' || selected !== undefined) {
    for (const member of Object.values(value)) {
      const isChosen = selected === undefined || isOneOf(valueAt(member, selected), wanted);
      if (isChosen) yield* follow(member, rest);
    }
  } else if (Object.hasOwn(value, name)) {
    yield* follow((value as Record<string, unknown>)[name], rest);
  }
}

/** The first path that has a value which is not among those named. */
export function violated(body: unknown, conditions: Conditions): string | undefined {
  const broken = Object.entries(conditions).find(([path, values]) =>
    valuesAt(body, path).some((value) => !isOneOf(value, values)),
  );
  return broken?.[0];
}

/** Whether the body has any of the named values. */
export function matches(body: unknown, conditions: Conditions): boolean {
  return Object.entries(conditions).some(([path, values]) =>
    valuesAt(body, path).some((value) => isOneOf(value, values)),
  );
}

/** Whether each path has values, and all of them are among those named. */
export function satisfies(body: unknown, conditions: Conditions): boolean {
  return Object.entries(conditions).every(([path, values]) => {
    const found = valuesAt(body, path);
    return found.length > 0 && found.every((value) => isOneOf(value, values));
  });
}

/** A number equals the string of its digits, because vendors mix the two. */
function isOneOf(value: unknown, values: Conditions[string]): boolean {
  if (typeof value === 'object' && value !== null) return false;
  return [values].flat().some((candidate) => String(candidate) === String(value));
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  // A server may clear a cookie and then set it: the last one counts.
  for (const line of header?.split('\n').reverse() ?? []) {
    const end = line.indexOf(';');
    const pair = end < 0 ? line : line.slice(0, end);
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
