import { isLoopback, tryUrl } from '../util/urls.js';

/** Names that must not stand in a URL, where every proxy and log sees their values (RFC 6749 §2.3.1). */
const SECRET_PARAMETER = /secret|password|token|assertion/i;

/** Any name in a domain that is not everybody's. */
const WILDCARD = /^\*(\.[a-z\d-]+){2,}$/;

interface UrlRules {
  readonly allowInsecure: boolean;
  readonly query: boolean;
  /** Whether `*` may stand for the first label of the host name. */
  readonly wildcard?: boolean;
}

/** Why a URL cannot be an endpoint or an API. */
export function urlProblem(
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
