import type { Received } from '../../support/fake-vendor.js';

/** What a value must be: itself, of a form, or whatever a function accepts. */
export type Match =
  string | number | boolean | RegExp | ((value: unknown, request: Received) => boolean);

export type Matches = Readonly<Record<string, Match>>;

/** A JSON value, with matches in place of leaves. */
export type JsonMatch = Match | readonly JsonMatch[] | { readonly [name: string]: JsonMatch };

/** A request, exactly: what is not named must not be there. */
export interface Expected {
  /** Default `POST`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Names in lower case; those that any HTTP client sends are not counted. */
  readonly headers?: Matches;
  readonly query?: Matches;
  /** At most one of the four; without any of them there must be no body. */
  readonly form?: Matches;
  readonly multipart?: Matches;
  readonly json?: JsonMatch;
  readonly body?: (text: string, request: Received) => boolean;
}

/** Headers that any client sends. */
const COMMON = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'host',
  'transfer-encoding',
  'user-agent',
]);

/** Where a request is not what it must be, without the values; `undefined`: it is. */
export function deviation(request: Received, expected: Expected): string | undefined {
  const { method = 'POST', path, headers = {}, query = {} } = expected;
  if (request.method !== method) return `method ${request.method}`;
  if (request.path !== path) return `path ${request.path}`;
  const sent = Object.entries(request.headers).map(
    ([name, value]) => [name, String(value)] as const,
  );
  const counted = sent.filter(([name]) => !COMMON.has(name) || Object.hasOwn(headers, name));
  return (
    inPairs('header', counted, headers, request) ??
    inPairs('query', [...request.query], query, request) ??
    inBody(request, expected)
  );
}

type Pairs = readonly (readonly [string, string])[];

function inPairs(where: string, pairs: Pairs, matches: Matches, request: Received) {
  const twice = pairs.find(([name], at) => pairs.findIndex(([other]) => other === name) !== at);
  if (twice) return `${where} ${twice[0]} occurs twice`;
  const strange = pairs.find(([name]) => !Object.hasOwn(matches, name));
  if (strange) return `${where} ${strange[0]} is not expected`;
  const values = new Map(pairs);
  const wrong = Object.keys(matches).find(
    (name) => !values.has(name) || !fits(values.get(name), matches[name]!, request, 'as text'),
  );
  return wrong && `${where} ${wrong} is ${values.has(wrong) ? 'wrong' : 'missing'}`;
}

function inBody(request: Received, { form, multipart, json, body }: Expected): string | undefined {
  const type = request.headers['content-type'] ?? '';
  if (form) {
    if (!type.startsWith('application/x-www-form-urlencoded')) return `content type ${type}`;
    return inPairs('form', [...new URLSearchParams(request.text)], form, request);
  }
  if (multipart) {
    if (!type.startsWith('multipart/form-data')) return `content type ${type}`;
    return inPairs('part', partsOf(request.text, type), multipart, request);
  }
  if (json !== undefined) {
    if (!type.startsWith('application/json')) return `content type ${type}`;
    return inJson(parsed(request.text), json, request, 'json');
  }
  if (body) return body(request.text, request) ? undefined : 'body is wrong';
  return request.text === '' ? undefined : 'a body is not expected';
}

function inJson(
  value: unknown,
  match: JsonMatch,
  request: Received,
  at: string,
): string | undefined {
  if (typeof match !== 'object' || match instanceof RegExp) {
    return fits(value, match, request) ? undefined : `${at} is wrong or missing`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(match))
    return `${at} is of another type`;
  const strange = Object.keys(value).find((name) => !Object.hasOwn(match, name));
  if (strange) return `${at}.${strange} is not expected`;
  const members = value as Record<string, unknown>;
  return Object.entries(match as Record<string, JsonMatch>)
    .map(([name, member]) => inJson(members[name], member, request, `${at}.${name}`))
    .find((problem) => problem !== undefined);
}

function fits(value: unknown, match: Match, request: Received, asText?: 'as text'): boolean {
  if (typeof match === 'function') return match(value, request);
  if (match instanceof RegExp) return typeof value === 'string' && match.test(value);
  return value === (asText ? String(match) : match);
}

function partsOf(text: string, type: string): Pairs {
  const boundary = /boundary=(.+)$/.exec(type)?.[1] ?? '';
  const parts = text.split(`--${boundary}`).slice(1, -1);
  return parts.map((part) => {
    const [head = '', ...content] = part.split('\r\n\r\n');
    return [/name="([^"]*)"/.exec(head)?.[1] ?? '', content.join('\r\n\r\n').replace(/\r\n$/, '')];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
