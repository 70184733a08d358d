import { isLoopback, tryUrl } from '../../util/urls.js';
import { firstProblem, text, type Check } from './options.js';

/** Parameters that must not be in a URL, because proxies and logs record their values (RFC 6749 §2.3.1). */
const SECRET_PARAMETER = /secret|password|token|assertion/i;

/** `*` before at least two labels. */
const WILDCARD = /^\*(\.[a-z\d-]+){2,}$/;

interface UrlRules {
  readonly allowInsecure: boolean;
  readonly query: boolean;
  /** Whether `*` may stand for the first label of the host name. */
  readonly wildcard?: boolean;
}

/** Why a URL cannot be an endpoint or the base of an API. */
function urlProblem(
  value: unknown,
  { allowInsecure, query, wildcard = false }: UrlRules,
): string | undefined {
  const url = typeof value === 'string' ? tryUrl(value) : undefined;
  if (typeof value !== 'string' || !url) return 'must be an absolute URL';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL';
  if (url.hostname.split('.').slice(0, -1).includes('')) return 'must have a valid host name';
  if (url.hostname.includes('*') && !(wildcard && WILDCARD.test(url.hostname))) {
    return wildcard ? 'must have `*` as the first of three labels or more' : 'must not have a `*`';
  }
  if (url.protocol === 'http:' && !allowInsecure && !isLoopback(url)) {
    return 'must be an https URL (plain http is for loopback addresses, or with `allowInsecureOrigins: true`)';
  }
  if (url.username !== '' || url.password !== '') return 'must not hold credentials';
  if (value.includes('#')) return 'must not have a fragment';
  if (!query && value.includes('?')) return 'must not have a query';
  return [...url.searchParams.keys()].some((name) => SECRET_PARAMETER.test(name))
    ? 'must not hold a secret in its query'
    : undefined;
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(value);
}

const endpoint: Check = (value, _beside, { allowInsecureOrigins }) =>
  urlProblem(value, { allowInsecure: allowInsecureOrigins === true, query: true });

const api =
  (wildcard: boolean): Check =>
  (value, _beside, { allowInsecureOrigins }) =>
    urlProblem(value, { allowInsecure: allowInsecureOrigins === true, query: false, wildcard });

/** The URL of a request: a function, a path at the origin of the token endpoint, or a whole URL. */
export const requestUrl: Check = (value, ...rest) =>
  typeof value === 'function' || isPath(value) ? undefined : endpoint(value, ...rest);

export const tokenEndpoint: Check = (value, beside, definition) => {
  const { baseURL: base, origins: list } = definition;
  if (typeof value === 'function') {
    return (base ?? list) ? undefined : 'is a function, which needs `origins` that it may lead to';
  }
  if (base !== undefined && isPath(value)) return undefined;
  const problem = endpoint(value, beside, definition);
  return problem && `${problem}, or a path that begins with one slash`;
};

export const baseURL: Check = api(false);

export const baseURLFrom: Check = (value, { origins: list, baseURL: base }) =>
  (typeof value === 'function' ? undefined : text(value)) ??
  (base === undefined ? undefined : 'must not stand beside `baseURL`') ??
  (Array.isArray(list) && list.length > 0 ? undefined : 'needs `origins` that it may be one of');

export const origins: Check = (value, ...rest) =>
  Array.isArray(value)
    ? firstProblem(value, (url) => api(true)(url, ...rest))
    : 'must be a list of URLs';

/** RFC 8707 §2. */
export function isResource(uri: string): boolean {
  return tryUrl(uri) !== undefined && !uri.includes('#') && uri.trim() === uri;
}
