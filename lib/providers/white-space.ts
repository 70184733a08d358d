import { constantsOf } from '../oauth2/definition-functions.js';
import { plain } from '../oauth2/credentials.js';
import { strayEndOf, type StrayEnd } from '../oauth2/credentials.js';
import { MEMBERS } from './members/definition.js';
import type { Member } from './members/member.js';

interface StrayText {
  /** Such as `credentials.apiKey`. */
  readonly path: string;
  readonly end: StrayEnd;
}

/** The paths of constants in a definition that are sent with white space at an end. */
export function strayTexts(definition: object): string[] {
  const values = definition as Readonly<Record<string, unknown>>;
  return Object.entries<Member>(MEMBERS).flatMap(([name, member]) =>
    strayTextsIn(values[name], name, member).map(({ path }) => path),
  );
}

/** The constants in a member that are sent with white space at an end. */
export function strayTextsIn(value: unknown, path: string, member: Member): StrayText[] {
  return member.sent ? search(value, path, member) : [];
}

function search(value: unknown, path: string, member?: Partial<Member>): StrayText[] {
  if (member?.sent === false) return [];
  const text = plain(value);
  if (typeof text === 'string') {
    const end = strayEndOf(text);
    return end ? [{ path, end }] : [];
  }
  if (typeof text === 'function') {
    const [kind, , key] = constantsOf(text) ?? [];
    return kind === 'hmac' ? search(key, path) : [];
  }
  if (typeof text !== 'object' || text === null) return [];
  return Object.entries(text).flatMap(([name, inner]) =>
    search(
      inner,
      `${path}.${name}`,
      member?.each ? { members: member.each } : member?.members?.[name],
    ),
  );
}
