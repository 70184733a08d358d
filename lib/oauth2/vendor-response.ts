import { parseDate } from '../util/dates.js';
import { detached } from '../util/memory.js';
import { printable } from '../util/redaction.js';
import { RESPONSE_TOO_LARGE, TransportError, type TransportResponse } from './transport.js';

/** A response of the vendor, parsed. */
export interface VendorResponse {
  /** HTTP status. */
  readonly status: number;
  /** Names in lower case. Several `set-cookie` headers are joined by line breaks. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, or the members of a form; without prototypes. `undefined` if the body is neither. */
  readonly body: unknown;
  /** The body as text. */
  readonly text: string;
}

/** The most values and levels that a body may have. Parsing a million values would take seconds. */
const MOST = { values: 20_000, levels: 64 };

/**
 * Parses the body: JSON, or a form, which a few old servers send.
 *
 * @throws {TransportError} for a body with too many values or levels
 */
export function parseResponse({ status, headers, body: text }: TransportResponse): VendorResponse {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  if (isForm ? pairsIn(text) > MOST.values : isExcessive(text)) {
    throw new TransportError(RESPONSE_TOO_LARGE, 'the response has too many values');
  }
  const body = isForm ? withoutPrototype(formMembers(text)) : parsed(text);
  return { status, headers, body, text };
}

/** The body if it is an object. */
export function membersOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  return isObject ? (body as Record<string, unknown>) : undefined;
}

/** The claims of a JWT. Its signature is not verified. `undefined` if the text is not a JWT. */
export function claimsOf(jwt: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8');
    return membersOf(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown) => withoutPrototype(value));
  } catch {
    return undefined;
  }
}

function formMembers(form: string): Record<string, string> {
  return Object.fromEntries(
    [...new URLSearchParams(form)].map(([name, value]) => [name, detached(value)]),
  );
}

/** Counts the separators, and stops when there are too many. */
function pairsIn(form: string): number {
  let pairs = 1;
  let at = form.indexOf('&');
  while (at >= 0 && pairs <= MOST.values) {
    pairs++;
    at = form.indexOf('&', at + 1);
  }
  return pairs;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Whether a JSON text has too many values or levels. The text is scanned, not parsed. */
function isExcessive(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  let [values, level, isInString] = [1, 0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isInString && code === BACKSLASH) i++;
    else if (code === QUOTE) isInString = !isInString;
    if (isInString) continue;
    const lower = code | 0x20; // brackets and braces differ in this bit
    if (lower === 0x7d) level--;
    if (lower === 0x7b) level++;
    if (lower === 0x7b || code === COMMA) values++;
    if (values > MOST.values || level > MOST.levels) return true;
  }
  return false;
}

/** Without a prototype, an object has no members but those that the vendor sent. */
function withoutPrototype(value: unknown): unknown {
  const members = membersOf(value);
  if (!members) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(members)) copy[name] = member;
  return copy;
}

/** Seconds by which the clocks of two machines may well differ. */
const NOTABLE_SKEW = 30;

/**
 * Seconds by which the vendor's clock is ahead of `now`, according to its `Date` header. 0 if the difference is small;
 * `undefined` without such a header.
 */
export function clockSkew(
  { headers }: Pick<VendorResponse, 'headers'>,
  now: number,
): number | undefined {
  const date = parseDate(headers['date']);
  if (date === undefined) return undefined;
  const seconds = Math.round((date - now) / 1_000);
  return Math.abs(seconds) > NOTABLE_SKEW ? seconds : 0;
}

const HTML = /^\s*<(?:!doctype html|html|head|body)\b/i;

/** Whether a response is a web page. */
export function isPage({ headers, text }: VendorResponse): boolean {
  return HTML.test(text) || /^text\/html\b/i.test(headers['content-type'] ?? '');
}

/** What a response has instead of a JSON object, in words; `undefined` if it has an object. */
export function oddBody(response: VendorResponse): string | undefined {
  const { body, text } = response;
  if (membersOf(body)) return undefined;
  if (text.trim() === '') return 'an empty body';
  if (isPage(response)) return 'an HTML page';
  if (body !== undefined) return 'a body that is not a JSON object';
  return /^\s*</.test(text) ? 'XML' : 'plain text';
}

const SHOWN = { names: 12, levels: 3, length: 200 };

/** A name that a programmer has chosen. A name of any other form may be a value, such as a session. */
const NAME = /^[a-z_$@][a-z_$@:-]{0,31}\d{0,2}$/i;

/** The member names that may be printed, for a message. */
export function namesOf(members: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(members).filter((name) => NAME.test(name));
  return names.slice(0, SHOWN.names).map((name) => `\`${name}\``);
}

/** The paths of the members of a body, for a message. It never holds their values. */
export function memberPaths(
  { body }: VendorResponse,
  secrets: readonly string[],
): string | undefined {
  const paths: string[] = [];
  const visit = (value: unknown, path: string, level: number) => {
    const members = level < SHOWN.levels ? Object.entries(membersOf(value) ?? {}) : [];
    const named = members.filter(([name]) => NAME.test(name));
    if (named.length === 0 && path !== '') paths.push(path);
    for (const [name, member] of named) {
      if (paths.length > SHOWN.names) return;
      visit(member, path === '' ? name : `${path}.${name}`, level + 1);
    }
  };
  visit(body, '', 0);
  if (paths.length === 0) return undefined;
  const shown = paths.slice(0, SHOWN.names).map((path) => `\`${path}\``);
  const more = paths.length > SHOWN.names ? ' and others' : '';
  return printable(shown.join(', '), secrets, SHOWN.length) + more;
}
