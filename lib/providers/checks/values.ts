import { plain } from '../../oauth2/credentials.js';
import { isHeaderValue } from '../../oauth2/request-values.js';
import { isScheme } from '../../oauth2/token-use.js';
import { isObject, oneOf, record, type Check, type Options } from './options.js';
import { pathProblem } from './selectors.js';

/** RFC 9110 §5.1. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Headers that only the HTTP client sets. */
const CLIENT_HEADERS = new Set(['content-length', 'host']);

function isHeaderName(name: string): boolean {
  return HEADER_NAME.test(name) && name !== '__proto__' && !CLIENT_HEADERS.has(name.toLowerCase());
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean', 'function'].includes(typeof value);
}

/** Objects inside of objects are for JSON only. */
function isParameter(value: unknown, { encoding }: Options): boolean {
  if (encoding === 'json') return isNested(value);
  return Array.isArray(value) ? value.every((item) => isScalar(plain(item))) : isScalar(value);
}

function isNested(item: unknown): boolean {
  const bare = plain(item);
  if (Array.isArray(bare)) return bare.every(isNested);
  return isScalar(bare) || (isObject(bare) && Object.values(bare).every(isNested));
}

export const parameters = record(
  (name) => name !== '',
  isParameter,
  'must be values by name: strings, numbers, booleans, functions, lists of them, and with `encoding: "json"` objects',
);

/** A refresh is encoded like the login unless it says otherwise. */
export const refreshParameters: Check = (value, { encoding }, definition) =>
  parameters(value, { encoding: encoding ?? definition['encoding'] }, definition);

export const query = record((name) => name !== '', isScalar, 'must be values by name');

export const headers = record(
  isHeaderName,
  (value) => isScalar(value) && (typeof value !== 'string' || isHeaderValue(value)),
  'must be values by name, without line breaks, and none of Content-Length and Host',
);

/** A value of a claim, or a list of values. */
export function claim(value: unknown): string | undefined {
  const bare = plain(value);
  return bare !== '' && isParameter(bare, {}) ? undefined : 'must be a value, or a list of values';
}

export const claims: Check = (value, _beside, definition) =>
  isObject(value) && 'exp' in value
    ? 'must not have `exp`, which `lifetime` is for'
    : parameters(value, { encoding: 'json' }, definition);

export const jwtHeader = record(
  (name) => name !== '',
  (value) => typeof value === 'string',
  'must be strings by name',
);

export const conditions = record(
  (path) => pathProblem(path) === undefined,
  (value) =>
    [value].flat().every((item) => item === null || (isScalar(item) && typeof item !== 'function')),
  'must be values, or lists of values, by path (names and list positions that are joined by dots)',
);

const MEANINGS = ['permanent', 'credentials', 'transient', 'throttled'];

/** @param by what the names are, for the message */
export function meanings(by: string, isName: (name: string) => boolean = () => true): Check {
  return record(
    isName,
    (meaning) => MEANINGS.includes(meaning as string),
    `must be permanent, credentials, transient or throttled by ${by}`,
  );
}

export const statuses: Check = (value) =>
  Array.isArray(value) && value.every((status) => Number.isInteger(status))
    ? undefined
    : 'must be a list of status codes';

export const scheme: Check = (value) =>
  isScheme(value) || (isObject(value) && value['tokenType'] === true)
    ? undefined
    : 'must be a scheme (RFC 9110 §11.1), empty, or { tokenType: true }';

export const headerName: Check = (value) =>
  typeof value === 'string' && isHeaderName(value) ? undefined : 'must be the name of a header';

export const cookieName: Check = (value) =>
  typeof value === 'string' && HEADER_NAME.test(value) ? undefined : 'must be the name of a cookie';

/** A header that carries the token cannot carry anything else. */
export const besideTheToken: Check = (value, { header, cookie, queryParameter }) => {
  const isStandard = [header, cookie, queryParameter].every((carrier) => carrier === undefined);
  const taken = [
    ...(isStandard ? ['authorization'] : []),
    ...(typeof header === 'string' ? [header.toLowerCase()] : []),
    ...(cookie === undefined ? [] : ['cookie']),
  ];
  const twice = Object.keys(value as object).find((name) => taken.includes(name.toLowerCase()));
  return twice && `must not have \`${twice}\`, which carries the token`;
};

/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export const isScopeName = (name: string): boolean => SCOPE.test(name);

/** RFC 7231 §4. Only these methods are known to carry token requests. */
export const method = oneOf(['GET', 'POST', 'PUT', 'DELETE']);
