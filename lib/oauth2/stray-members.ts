import { constantsOf } from './constants.js';
import { CREDENTIALS, plain } from './credentials.js';
import { strayEndOf, type StrayEnd } from './stray-ends.js';

export interface StrayMember {
  /** Such as `credentials.apiKey`. */
  readonly path: string;
  readonly end: StrayEnd;
}

/** Members of a definition whose texts are sent. */
export const SENT: ReadonlySet<string> = new Set([
  ...CREDENTIALS,
  'credentials',
  'parameters',
  'query',
  'headers',
  'before',
  'after',
  'refresh',
  'revocation',
  'clientAssertion',
  'assertion',
  'use',
]);

/** Members that are not sent, but say where something is or what it means; and keys, which are files. */
const NOT_SENT =
  /^((clientAssertion|assertion)\.(key|certificate)|(before|after)\.[^.]+\.(answer|until)|use\.rejected)$/;

/** The constants in a member of a definition that have white space at an end. */
export function strayMembersOf(value: unknown, path: string): StrayMember[] {
  const text = plain(value);
  if (typeof text === 'string') {
    const end = strayEndOf(text);
    return end ? [{ path, end }] : [];
  }
  if (typeof text === 'function') {
    const [kind, , key] = constantsOf(text) ?? [];
    return kind === 'hmac' ? strayMembersOf(key, path) : [];
  }
  if (typeof text !== 'object' || text === null) return [];
  return Object.entries(text)
    .map(([name, member]) => [`${path}.${name}`, member] as const)
    .filter(([place]) => !NOT_SENT.test(place))
    .flatMap(([place, member]) => strayMembersOf(member, place));
}

/** The same for a whole definition. */
export function strayMembers(definition: object): StrayMember[] {
  const members = definition as Readonly<Record<string, unknown>>;
  return [...SENT].flatMap((name) => strayMembersOf(members[name], name));
}
