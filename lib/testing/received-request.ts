import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** One request as it arrived at an `OAuth2TestServer`. */
export interface ReceivedRequest {
  /** In capitals, such as `GET`. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The parameters behind the path. */
  readonly query: URLSearchParams;
  /** The names are in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The body, byte for byte. */
  readonly body: Buffer;
  /** The body, read as UTF-8. */
  readonly text: string;
  /** The members of a form, URL-encoded or multipart, without its files. Empty for any other body. */
  readonly form: Readonly<Record<string, string>>;
  /** The Bearer token (RFC 6750 §2.1), or the token of this server that another header or the query has. */
  readonly token: string | undefined;
}

/**
 * What a request must have. Members that are absent are not compared. `query`, `form` and `json` name the members that
 * count; the request may have more.
 */
export interface ExpectedRequest {
  /** In capitals, such as `GET`. */
  readonly method?: string;
  /** Without the query. */
  readonly path?: string | RegExp;
  readonly query?: Readonly<Record<string, string>>;
  /** Members of a form, URL-encoded or multipart. */
  readonly form?: Readonly<Record<string, string>>;
  /** Members of a JSON body. Members of objects in it are compared in the same way. */
  readonly json?: object;
  readonly token?: string;
}

/** @param isIssued whether a value is a token of the server */
export async function received(
  message: IncomingMessage,
  isIssued: (value: string) => boolean,
): Promise<ReceivedRequest> {
  const { pathname, searchParams } = urlOf(message.url ?? '/');
  const { method = '', headers } = message;
  const body = await buffer(message);
  const text = body.toString('utf8');
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const values = [...Object.values(headers).flat(), ...searchParams.values()].flatMap(parts);
  return {
    method,
    path: pathname,
    query: searchParams,
    headers,
    body,
    text,
    form: await formOf(body, headers['content-type'] ?? ''),
    token: bearer ?? values.find(isIssued),
  };
}

/** Two slashes at the beginning are a part of the path, although a relative URL would name a host with them. */
function urlOf(target: string): URL {
  return new URL(target.startsWith('/') ? `http://loopback${target}` : target, 'http://loopback');
}

async function formOf(body: Buffer, type: string): Promise<Record<string, string>> {
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)/.test(type)) return {};
  const form = await new Response(body, { headers: { 'content-type': type } })
    .formData()
    .catch(() => new FormData()); // the body is none
  return Object.fromEntries(
    [...form].filter((member): member is [string, string] => typeof member[1] === 'string'),
  );
}

/** The value itself, and what a scheme, a cookie or quotes may surround. */
function parts(value: string | undefined): string[] {
  return value === undefined ? [] : [value, ...value.split(/[\s;,="]+/)];
}

/** Whether a request has everything that is expected. */
export function matches(request: ReceivedRequest, expected: ExpectedRequest): boolean {
  return includes(comparable(request), expected);
}

/** Names that vendors give to secrets, and the members of other things that hold them. */
const SECRET = /secret|password|passcode|token|assertion|code|pin|key|sign|hash/i;

/**
 * A request or an expectation in one line, for `verify()`. The values of members that may be secrets are left out.
 *
 * @param mayShow whether a token may be shown
 */
export function summary(
  request: ReceivedRequest | ExpectedRequest,
  mayShow: (token: string) => boolean,
): string {
  const {
    method = 'any method',
    path = 'any path',
    token,
    ...members
  } = 'headers' in request ? comparable(request) : request;
  const values = Object.entries(members).flatMap(([place, value]) =>
    Object.entries((value as object | undefined) ?? {}).map(
      ([name, of]) => `${place}.${name} ${SECRET.test(name) ? '[not shown]' : JSON.stringify(of)}`,
    ),
  );
  if (token !== undefined) values.push(`token ${mayShow(token) ? token : '[not shown]'}`);
  return [`${method} ${String(path)}`, ...values].join(', ');
}

/** The parameter of a token request, in a form or in a JSON body. */
export function parameterOf(request: ReceivedRequest, name: string): string | undefined {
  const value: unknown = request.form[name] ?? Reflect.get(jsonOf(request) ?? {}, name);
  return typeof value === 'string' ? value : undefined;
}

function comparable(request: ReceivedRequest) {
  const { method, path, token, form, query } = request;
  return { method, path, token, form, query: Object.fromEntries(query), json: jsonOf(request) };
}

function includes(actual: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp) return typeof actual === 'string' && expected.test(actual);
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected);
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(expected).every(
    ([name, value]) => value === undefined || includes(Reflect.get(actual, name), value),
  );
}

/** The JSON body of a request, if it has one that is an object. */
function jsonOf({ text }: ReceivedRequest): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
