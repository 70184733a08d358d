import { detached } from '../core/memory.js';
import type { Answer } from './answer.js';

/**
 * Where something stands in an answer: a path of member names and list positions joined by dots
 * (`data.token`, `items.0.id`; `*` is the first member in which the rest of the path exists, and
 * `tokens.[type=access].value` the first one whose `type` is `access`), a header, a cookie, the whole
 * body, the first of several such places that has it, or a function.
 */
export type Reader =
  | string
  | { readonly header: string }
  | { readonly cookie: string }
  | { readonly body: true }
  | readonly Reader[]
  | ((answer: Answer) => unknown);

/** Values that members must have, or must not have, by path; a list means any of them. */
export type Conditions = Readonly<Record<string, ConditionValue | readonly ConditionValue[]>>;

export type ConditionValue = string | number | boolean | null;

export function readFrom(answer: Answer, reader: Reader): unknown {
  if (typeof reader === 'string') return valueAt(answer.body, reader);
  if (typeof reader === 'function') return detached(reader(answer));
  if ('header' in reader) return answer.headers[reader.header.toLowerCase()];
  if ('cookie' in reader) return detached(cookieOf(answer.headers['set-cookie'], reader.cookie));
  if ('body' in reader) return wholeBody(answer);
  return reader.map((place) => readFrom(answer, place)).find((value) => isThere(value));
}

/** A string, in JSON or not; an object is none. */
function wholeBody({ body, text }: Answer): unknown {
  if (typeof body === 'string') return body;
  return typeof body === 'object' && body !== null ? undefined : detached(text.trim());
}

/** The value at a path; `undefined` if it leads nowhere. */
export function valueAt(value: unknown, path: string): unknown {
  return follow(value, segmentsOf(path), 0);
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

function follow(value: unknown, path: readonly string[], from: number): unknown {
  if (from === path.length) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const name = path[from]!;
  const [, selected, wanted] = SELECTOR.exec(name) ?? [];
  if (name !== '*' && selected === undefined) {
    const member = Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined;
    return follow(member, path, from + 1);
  }
  for (const member of Object.values(value)) {
    if (selected !== undefined && !isOneOf(valueAt(member, selected), wanted!)) continue;
    const found = follow(member, path, from + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first path whose value is there and is none of those named. */
export function violated(body: unknown, conditions: Conditions): string | undefined {
  return Object.keys(conditions).find((path) => {
    const value = valueAt(body, path);
    return value !== undefined && !isOneOf(value, conditions[path]!);
  });
}

/** Whether any of the named values is there. */
export function matches(body: unknown, conditions: Conditions): boolean {
  return Object.entries(conditions).some(([path, values]) => {
    const value = valueAt(body, path);
    return value !== undefined && isOneOf(value, values);
  });
}

/** Whether all of the named values are there. */
export function satisfies(body: unknown, conditions: Conditions): boolean {
  return Object.entries(conditions).every(([path, values]) => isOneOf(valueAt(body, path), values));
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
