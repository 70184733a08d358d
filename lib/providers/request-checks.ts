import { plain } from '../oauth2/credentials.js';
import { isHeaderValue } from '../oauth2/header-value.js';
import { isScheme } from '../oauth2/token-use.js';
import {
  either,
  firstProblem,
  flag,
  isFunction,
  isObject,
  integerBetween,
  numberBetween,
  object,
  oneOf,
  record,
  text,
  type Check,
  type Checks,
  type Options,
} from './option-checks.js';
import { excluded } from './exclusions.js';
import { pathProblem, reader } from './reader-checks.js';
import { urlProblem } from './url-problems.js';

/** RFC 9110 §5.1. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** Headers that are the HTTP client's, whoever asks. */
const CLIENT_HEADERS = new Set(['content-length', 'host']);

export function isHeaderName(name: string): boolean {
  return HEADER_NAME.test(name) && name !== '__proto__' && !CLIENT_HEADERS.has(name.toLowerCase());
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean', 'function'].includes(typeof value);
}

export function isHeader(value: unknown): boolean {
  return isScalar(value) && (typeof value !== 'string' || isHeaderValue(value));
}

/** What a parameter may hold; only JSON knows objects in objects. */
export function isParameter(value: unknown, { encoding }: Options): boolean {
  const isNested = (item: unknown): boolean => {
    const bare = plain(item);
    if (Array.isArray(bare)) return bare.every(isNested);
    return isScalar(bare) || (isObject(bare) && Object.values(bare).every(isNested));
  };
  if (encoding === 'json') return isNested(value);
  return Array.isArray(value) ? value.every((item) => isScalar(plain(item))) : isScalar(value);
}

export const parameters = record(
  (name) => name !== '',
  isParameter,
  'must be values by name: strings, numbers, booleans, functions, lists of them, and with `encoding: "json"` objects',
);

const headers = record(
  isHeaderName,
  isHeader,
  'must be values by name, without line breaks, and none of Content-Length and Host',
);

/** The members of any request. */
export const REQUEST: Checks = {
  method: oneOf(['GET', 'POST', 'PUT', 'DELETE']),
  encoding: oneOf(['form', 'multipart', 'json', 'query', 'none']),
  parameters,
  query: record((name) => name !== '', isScalar, 'must be values by name'),
  headers,
  body: isFunction,
  sign: isFunction,
};

const conditions = record(
  (path) => pathProblem(path) === undefined,
  (value) =>
    [value].flat().every((item) => item === null || (isScalar(item) && typeof item !== 'function')),
  'must be values, or lists of values, by path (names and list positions that are joined by dots)',
);

const outcome: Checks = {
  success: either(isFunction, conditions),
  failure: conditions,
  error: reader,
  errorDescription: reader,
  errors: record(
    () => true,
    (meaning) => ['permanent', 'credentials', 'transient', 'throttled'].includes(meaning as string),
    'must be permanent, credentials, transient or throttled by error code',
  ),
  statuses: record(
    (status) => /^[2-5]\d\d$/.test(status),
    (meaning) => ['permanent', 'credentials', 'transient', 'throttled'].includes(meaning as string),
    'must be permanent, credentials, transient or throttled by HTTP status',
  ),
};

const capture: Checks = {
  capture: (value) =>
    isObject(value) ? firstProblem(value, reader) : 'must be places in the answer by name',
};

export const response = object({
  accessToken: reader,
  expiresIn: reader,
  refreshToken: reader,
  refreshExpiresIn: reader,
  tokenType: reader,
  scope: reader,
  ...capture,
  ...outcome,
});

/** The URL of a request: a function, a path at the token endpoint's origin, or a whole URL. */
const url =
  ({ allowInsecureOrigins }: Options): Check =>
  (value) => {
    if (typeof value === 'function' || isPath(value)) return undefined;
    return urlProblem(value, { allowInsecure: allowInsecureOrigins === true, query: true });
  };

export function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(value);
}

export const steps: Check = (value, definition) => {
  if (!isObject(value)) return 'must be requests by name';
  const members = {
    ...REQUEST,
    url: url(definition),
    response: object({ ...outcome, ...capture }),
    until: conditions,
  };
  const step = object(members, ['url']);
  return firstProblem(
    value,
    (member) => step(member, {}) ?? excluded('request', member as Options),
  );
};

/** @param method which client authentications there are */
export function refreshing(method: Check): Check {
  const name = oneOf(['standard', 'undocumented', 'never']);
  return (value, definition) => {
    if (typeof value !== 'object') return name(value, definition);
    const members = {
      ...REQUEST,
      url: url(definition),
      grantType: oneOf(['refresh_token', 'custom']),
      clientAuthentication: method,
      limit: integerBetween(1, 1_000_000, 'renewals'),
      undocumented: flag,
      prolongs: flag,
      parameters: (own: unknown, { encoding = definition['encoding'] }: Options) =>
        parameters(own, { encoding }),
    };
    return object(members)(value, definition) ?? excluded('request', value as Options);
  };
}

/** @param method which client authentications there are */
export function revoking(method: Check): Check {
  return (value, definition) => {
    const place = url(definition);
    if (typeof value === 'string') return place(value, definition);
    const members = { ...REQUEST, url: place, clientAuthentication: method };
    return object(members, ['url'])(value, definition) ?? excluded('request', value as Options);
  };
}

/** A header that the token stands in can hold nothing else. */
function carrierProblem(value: unknown, { header, cookie, queryParameter }: Options) {
  const isStandard = [header, cookie, queryParameter].every((place) => place === undefined);
  const taken = [
    ...(isStandard ? ['authorization'] : []),
    ...(typeof header === 'string' ? [header.toLowerCase()] : []),
    ...(cookie === undefined ? [] : ['cookie']),
  ];
  const twice = Object.keys(value as object).find((name) => taken.includes(name.toLowerCase()));
  return twice && `must not have \`${twice}\`, which the token stands in`;
}

const useMembers = object({
  scheme: (value) =>
    isScheme(value) || (isObject(value) && value['tokenType'] === true)
      ? undefined
      : 'must be a scheme (RFC 9110 §11.1), empty, or { tokenType: true }',
  header: (value) =>
    typeof value === 'string' && isHeaderName(value) ? undefined : 'must be the name of a header',
  cookie: (value) =>
    typeof value === 'string' && HEADER_NAME.test(value)
      ? undefined
      : 'must be the name of a cookie',
  queryParameter: text,
  headers: (value, all) => headers(value, all) ?? carrierProblem(value, all),
  sign: isFunction,
  rejected: object({
    status: (value) =>
      Array.isArray(value) && value.every((status) => Number.isInteger(status))
        ? undefined
        : 'must be a list of status codes',
    body: conditions,
  }),
});

export const use: Check = (value, definition) =>
  useMembers(value, definition) ?? excluded('use', value as Options);

export const quota: Check = object(
  {
    requests: integerBetween(1, 1_000_000, 'requests'),
    seconds: numberBetween(1, 2_592_000, 'seconds'),
  },
  ['requests', 'seconds'],
);
