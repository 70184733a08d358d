import { printable } from '../util/redaction.js';
import { membersOf, type VendorResponse } from './answer.js';

const HTML = /^\s*<(?:!doctype html|html|head|body)\b/i;

/** Whether an answer is a page for people. */
export function isPage({ headers, text }: VendorResponse): boolean {
  return HTML.test(text) || /^text\/html\b/i.test(headers['content-type'] ?? '');
}

/** What an answer has in place of JSON; `undefined` if it has members. */
export function oddBody(answer: VendorResponse): string | undefined {
  const { body, text } = answer;
  if (membersOf(body)) return undefined;
  if (text.trim() === '') return 'an empty body';
  if (isPage(answer)) return 'an HTML page';
  if (body !== undefined) return 'a body that is not a JSON object';
  return /^\s*</.test(text) ? 'XML' : 'plain text';
}

const MOST = { names: 12, levels: 3, length: 200 };

/** A name that a programmer has chosen. A name of any other form may be a value, such as a session. */
const NAME = /^[a-z_$@][a-z_$@:-]{0,31}\d{0,2}$/i;

/** The names of members that a programmer has chosen, for a message. */
export function namesOf(members: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(members).filter((name) => NAME.test(name));
  return names.slice(0, MOST.names).map((name) => `\`${name}\``);
}

/** The paths of the members of a body, for a reader who looks for one of them. Never their values. */
export function memberPaths(
  { body }: VendorResponse,
  secrets: readonly string[],
): string | undefined {
  const paths: string[] = [];
  const visit = (value: unknown, path: string, level: number) => {
    const members = level < MOST.levels ? Object.entries(membersOf(value) ?? {}) : [];
    const named = members.filter(([name]) => NAME.test(name));
    if (named.length === 0 && path !== '') paths.push(path);
    for (const [name, member] of named) {
      if (paths.length > MOST.names) return;
      visit(member, path === '' ? name : `${path}.${name}`, level + 1);
    }
  };
  visit(body, '', 0);
  if (paths.length === 0) return undefined;
  const shown = paths.slice(0, MOST.names).map((path) => `\`${path}\``);
  const more = paths.length > MOST.names ? ' and others' : '';
  return printable(shown.join(', '), secrets, MOST.length) + more;
}
