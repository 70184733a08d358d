import { detached } from '../util/memory.js';
import { ANSWER_TOO_LARGE, TransportError, type TransportAnswer } from './transport.js';

/** What a vendor answered, parsed. */
export interface VendorResponse {
  /** HTTP status. */
  readonly status: number;
  /** Names in lower case; several `set-cookie` are joined by line breaks. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON or form members, parsed, without prototypes; `undefined` if the body is neither. */
  readonly body: unknown;
  /** The body as it came. */
  readonly text: string;
}

/** The most values and levels that a body may have. To parse a million values takes seconds. */
const MOST = { values: 20_000, levels: 64 };

/**
 * Parses the body: JSON, or form-encoded as a few old servers do.
 *
 * @throws {TransportError} for a body with too many values or levels
 */
export function parseAnswer({ status, headers, body: text }: TransportAnswer): VendorResponse {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  if (isForm ? pairsIn(text) > MOST.values : isExcessive(text)) {
    throw new TransportError(ANSWER_TOO_LARGE, 'the answer has too many values');
  }
  const body = isForm ? bare(formMembers(text)) : parsed(text);
  return { status, headers, body, text };
}

/** The body if it is an object of members. */
export function membersOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  return isObject ? (body as Record<string, unknown>) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown) => bare(value));
  } catch {
    return undefined;
  }
}

function formMembers(form: string): Record<string, string> {
  return Object.fromEntries(
    [...new URLSearchParams(form)].map(([name, value]) => [name, detached(value)]),
  );
}

/** The number of pairs, counted by their separators, and only until there are too many. */
function pairsIn(form: string): number {
  let pairs = 1;
  for (
    let at = form.indexOf('&');
    at >= 0 && pairs <= MOST.values;
    at = form.indexOf('&', at + 1)
  ) {
    pairs++;
  }
  return pairs;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Whether a JSON text has too many values or levels, without parsing it. */
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

/** Without a prototype, nothing is a member but what the vendor sent. */
function bare(value: unknown): unknown {
  const members = membersOf(value);
  if (!members) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(members)) copy[name] = member;
  return copy;
}
