import { detached } from '../util/memory.js';
import type { ResponseDefinition } from './answer-definition.js';
import { membersOf, type VendorResponse } from './answer.js';
import { readMember } from './reader.js';

/** When the vendor wants the token renewed. The token set has it as `refreshAt`, so `extra` leaves it out. */
export const REFRESH_IN = 'refresh_in';

/** What else the answer says: all members but those that were read, and what is to be captured. */
export function extraOf(
  answer: VendorResponse,
  { capture = {}, ...places }: ResponseDefinition,
  tokens: readonly unknown[],
): Readonly<Record<string, unknown>> | undefined {
  const used = new Set<unknown>([...Object.values(places).flat(), REFRESH_IN]);
  const unused = Object.entries(membersOf(answer.body) ?? {}).filter(([name]) => !used.has(name));
  const told = capturedFrom(answer, capture, 'response.capture');
  if (unused.length === 0 && told.length === 0) return undefined;
  const safe = Object.create(null) as Record<string, unknown>;
  // Captured members come first, because a token set that is too large keeps the first ones. They are set once
  // more at the end, so that they win over members of the same name.
  for (const [name, value] of [...told, ...unused, ...told]) {
    safe[name] = without(tokens, value);
  }
  return Object.freeze(safe);
}

/**
 * What a definition captures of an answer, by the names that it gives; what is not there is left out.
 *
 * @param path where `capture` stands in the definition, for errors
 */
export function capturedFrom(
  answer: VendorResponse,
  capture: ResponseDefinition['capture'] = {},
  path: string,
): (readonly [name: string, value: unknown])[] {
  const read = Object.entries(capture).map(
    ([name, place]) =>
      [name, detachedDeeply(readMember(answer, place, `${path}.${name}`))] as const,
  );
  return read.filter(([, value]) => value !== undefined);
}

/** What a function captures may have pieces of the body in it. */
function detachedDeeply(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(detachedDeeply);
  if (typeof value !== 'object' || value === null) return detached(value);
  const members = Object.entries(value).map(([name, member]) => [name, detachedDeeply(member)]);
  return Object.fromEntries(members);
}

/** Leaves the tokens out wherever else the answer repeats them. */
function without(tokens: readonly unknown[], value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const isToken = (member: unknown) => typeof member === 'string' && tokens.includes(member);
  if (Array.isArray(value)) {
    return value.filter((item) => !isToken(item)).map((item) => without(tokens, item));
  }
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(value)) {
    if (!isToken(member)) copy[name] = without(tokens, member);
  }
  return copy;
}
