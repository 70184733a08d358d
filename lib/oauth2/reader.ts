import { detached } from '../util/memory.js';
import type { VendorResponse } from './answer.js';
import { failureIn, isPromise, kindOfValue, ShowableError } from './definition-functions.js';

/**
 * Where something stands in an answer: a path of member names and list positions joined by dots
 * (`data.token`, `items.0.id`; `*` is the first member in which the rest of the path exists, and
 * `tokens.[type=access].value` the first one whose `type` is `access`), a header, a cookie, the whole
 * body, the first of several such places that has it, or a function.
 */
export type Selector =
  | string
  | { readonly header: string }
  | { readonly cookie: string }
  | { readonly body: true }
  | readonly Selector[]
  | ((answer: VendorResponse) => unknown);

/**
 * Values that members must have, or must not have, by path; a list means any of them. A path with `*` may lead to
 * several values, and all of them are compared.
 */
export type Conditions = Readonly<Record<string, ConditionValue | readonly ConditionValue[]>>;

export type ConditionValue = string | number | boolean | null;

/** @throws {ShowableError} where a function returned what cannot be used; else whatever it throws */
export function readFrom(answer: VendorResponse, reader: Selector): unknown {
  if (typeof reader === 'string') return valueAt(answer.body, reader);
  if (typeof reader === 'function') return detached(usable(reader(answer)));
  if ('header' in reader) return answer.headers[reader.header.toLowerCase()];
  if ('cookie' in reader) return detached(cookieOf(answer.headers['set-cookie'], reader.cookie));
  if ('body' in reader) return wholeBody(answer);
  return reader.map((place) => readFrom(answer, place)).find((value) => isThere(value));
}

/**
 * What a member of the definition finds in an answer.
 *
 * @param member where the reader stands, such as `response.accessToken`
 * @throws {FunctionFailure} naming the member
 */
export function readMember(answer: VendorResponse, reader: Selector, member: string): unknown {
  try {
    return readFrom(answer, reader);
  } catch (error) {
    throw failureIn(member, error);
  }
}

/**
 * All that is at the first place that has anything: with `*` in its path there may be several.
 *
 * @throws {FunctionFailure} naming the member
 */
export function allFrom(answer: VendorResponse, reader: Selector, member: string): unknown[] {
  if (typeof reader === 'string') return valuesAt(answer.body, reader);
  if (!Array.isArray(reader)) return [readMember(answer, reader, member)];
  const places = reader as readonly Selector[];
  const found = places.map((place) => allFrom(answer, place, member).filter(isThere));
  return found.find((values) => values.length > 0) ?? [];
}

function usable(value: unknown): unknown {
  if (isPromise(value)) throw new ShowableError('it returned a promise, but a reader cannot wait');
  if (typeof value !== 'function' && typeof value !== 'symbol') return value;
  throw new ShowableError(`it returned ${kindOfValue(value)}`);
}

/** A string, in JSON or not; an object is none. */
function wholeBody({ body, text }: VendorResponse): unknown {
  if (typeof body === 'string') return body;
  return typeof body === 'object' && body !== null ? undefined : detached(text.trim());
}

/** The value at a path; `undefined` if it leads nowhere. */
export function valueAt(value: unknown, path: string): unknown {
  for (const found of follow(value, segmentsOf(path), 0)) return found;
  return undefined;
}

/** `[member=value]`, with a path as the member. */
const SELECTOR = /^\[([^=\]]+)=([^\]]*)\]$/;

/** The first segment of a path that begins like a selector and is none. */
export function brokenSelector(path: string): string | undefined {
  return segmentsOf(path).find((segment) => segment.startsWith('[') && !SELECTOR.test(segment));
}

/** The names in a path. A dot inside a selector does not end it. */
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

/** All values at a path: `*` stands for each member. */
function valuesAt(value: unknown, path: string): unknown[] {
  return [...follow(value, segmentsOf(path), 0)];
}

function* follow(value: unknown, path: readonly string[], from: number): Generator {
  if (from === path.length) {
    if (value !== undefined) yield value;
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const name = path[from]!;
  const [, selected, wanted] = SELECTOR.exec(name) ?? [];
  if (name === '*' || selected !== undefined) {
    for (const member of Object.values(value)) {
      const isChosen = selected === undefined || isOneOf(valueAt(member, selected), wanted!);
      if (isChosen) yield* follow(member, path, from + 1);
    }
  } else if (Object.hasOwn(value, name)) {
    yield* follow((value as Record<string, unknown>)[name], path, from + 1);
  }
}

/** The first path that has a value which is none of those named. */
export function violated(body: unknown, conditions: Conditions): string | undefined {
  return Object.keys(conditions).find((path) =>
    valuesAt(body, path).some((value) => !isOneOf(value, conditions[path]!)),
  );
}

/** Whether any of the named values is there. */
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

/** A number and the string of its digits are the same: vendors are not strict about it. */
function isOneOf(value: unknown, values: Conditions[string]): boolean {
  if (typeof value === 'object' && value !== null) return false;
  return [values].flat().some((candidate) => String(candidate) === String(value));
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  // One that is cleared and then set counts as it is set last.
  for (const line of header?.split('\n').reverse() ?? []) {
    const end = line.indexOf(';');
    const pair = end < 0 ? line : line.slice(0, end);
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
