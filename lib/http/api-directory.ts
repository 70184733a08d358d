import { unknownProvider } from '../core/unknown-provider.js';
import { namesOf } from '../oauth2/vendor-response.js';
import type { AccountOfToken } from '../oauth2/token-endpoint.js';
import { tryUrl, wildcardOf } from '../util/urls.js';
import { accountBaseURL, type Api } from './api.js';
import {
  ambiguous,
  foreignBaseURL,
  hostOfAnotherAccount,
  noAccountBaseURL,
  notOwned,
  throughSocket,
  tooLong,
} from './errors.js';
import {
  climbs,
  isAbsolute,
  joinUrl,
  LONGEST_URL,
  parseUrl,
  readUrl,
  withoutSlashes,
  type RequestUrl,
} from './request-url.js';

/** Where a request goes and whose token it carries. */
export interface Route {
  readonly api: Api;
  /** `undefined`: the token set has the base URL (see {@link ApiDirectory.resolve}). */
  readonly url: Pick<RequestUrl, 'href' | 'hasUserinfo'> | undefined;
}

/** The options of a request that decide where it goes. */
export type RequestTarget = Parameters<typeof joinUrl>[0] & {
  readonly socketPath?: string | null;
};

interface Claim {
  readonly api: Api;
  /** `''`, or a path without a slash at its end. */
  readonly prefix: string;
}

/** A character or sequence by which a path could lead elsewhere than below its base URL. */
const ODD = /[^\x21-\x7e]|[\\%]|\/\.|\.\./;

/** Finds the API that a URL belongs to. */
export class ApiDirectory {
  readonly #apis = new Map<string, Api>();
  /** Base URLs that are normalised as written, without a slash at their end. */
  readonly #plainBases = new Map<Api, string>();
  readonly #claims = new Map<string, Claim[]>();
  #hasWildcards = false;
  readonly #isKnownOrigin = (origin: string) => this.#claims.has(origin);

  constructor(apis: readonly Api[]) {
    for (const api of apis) {
      this.#apis.set(api.provider, api);
      const base = api.baseURL && withoutSlashes(api.baseURL);
      if (base && parseUrl(base)?.href.replace(/\/$/, '') === base) this.#plainBases.set(api, base);
      for (const url of api.origins) this.#claim(api, url);
    }
  }

  get names(): string[] {
    return [...this.#apis.keys()];
  }

  get(provider: string): Api {
    const api = this.#apis.get(provider);
    if (api) return api;
    throw unknownProvider(provider, this.names, 'api request');
  }

  /**
   * A request carries the token of, in this order: the provider named in the request; the provider that the
   * HttpService is bound to; the provider with the longest matching path. `undefined` if there is none.
   *
   * @throws {OAuth2ClientError} `PROVIDER_UNKNOWN`, `URL_NOT_OWNED`, `PROVIDER_AMBIGUOUS`, `REQUEST_INVALID`
   */
  route(
    config: RequestTarget,
    named: string | undefined,
    bound: string | undefined,
  ): Route | undefined {
    const asked = named ?? bound;
    const api = asked === undefined ? undefined : this.get(asked);
    if (api && needsAccountBaseURL(config, api)) return { api, url: undefined };
    // A relative URL of a request that names its provider is relative to that provider's API.
    const baseURL = config.baseURL || (named === undefined ? undefined : api?.baseURL);
    const href = api && baseURL === api.baseURL ? this.#plainHref(config, api) : undefined;
    if (api && href !== undefined) return { api, url: { href, hasUserinfo: false } };
    const based = baseURL === config.baseURL ? config : { ...config, baseURL };
    const whole = joinUrl(based);
    const url = readUrl(whole.slice(0, LONGEST_URL), this.#isKnownOrigin);
    if (whole.length > LONGEST_URL) return this.#refuseLong(api, url, whole);
    const claims = url ? this.#claimsOn(url) : [];
    const claim = api ? claims.find((each) => each.api === api) : unambiguous(claims, whole);
    if (config.socketPath && (api ?? claim)) throw throughSocket((api ?? claim!.api).provider);
    if (claim && url) return { api: claim.api, url };
    if (api) throw notOwned(api, url, whole);
    return undefined;
  }

  /**
   * The URL of a request with the token of an account.
   *
   * @param url the URL of the route; `undefined` if the account has the base URL
   * @throws {OAuth2ClientError} `URL_NOT_OWNED` if the API does not own the URL, or if it belongs to another account
   */
  resolve(
    api: Api,
    config: RequestTarget,
    account: AccountOfToken,
    url: Route['url'],
  ): NonNullable<Route['url']> {
    const found = url ?? this.#accountUrl(api, config, account);
    if (this.isOfAccount(api, found.href, account)) return found;
    throw hostOfAnotherAccount(api.provider);
  }

  #accountUrl(api: Api, config: RequestTarget, account: AccountOfToken): RequestUrl {
    const { accessToken, extra } = account.tokens;
    const baseURL = accountBaseURL(api, account);
    if (baseURL === undefined) throw noAccountBaseURL(api, namesOf(extra));
    const whole = joinUrl({ url: config.url, baseURL });
    if (whole.length > LONGEST_URL) throw tooLong(api.provider, whole);
    const url = parseUrl(whole);
    if (url && !url.hasUserinfo && this.owns(api, url.href)) return url;
    throw foreignBaseURL(api, whole, accessToken);
  }

  /** Whether a token of `api` may go to `url`. */
  owns(api: Api, url: string): boolean {
    const parsed = parseUrl(url);
    return parsed !== undefined && this.#claimsOn(parsed).some((claim) => claim.api === api);
  }

  /**
   * Whether the token of an account may go to a URL of its API. If a function gives each account its own base URL,
   * `*` matches only the host of the account.
   */
  isOfAccount(api: Api, href: string, account: AccountOfToken): boolean {
    if (typeof api.baseURLFrom !== 'function') return true;
    const { origin } = new URL(href);
    const isNamed = this.#claims.get(origin)?.some((claim) => claim.api === api);
    return isNamed === true || tryUrl(accountBaseURL(api, account) ?? '')?.origin === origin;
  }

  /** The URL of a path that stays below the base URL however a server reads it, so that it need not be parsed. */
  #plainHref({ url, socketPath }: RequestTarget, api: Api): string | undefined {
    const base = this.#plainBases.get(api);
    if (base === undefined || typeof url !== 'string' || socketPath) return undefined;
    const isPlain = url.startsWith('/') && url[1] !== '/' && !ODD.test(url);
    return url.length <= LONGEST_URL && isPlain ? base + url : undefined;
  }

  /** A long URL is not parsed, so it gets no token. It is refused if it may belong to an API. */
  #refuseLong(asked: Api | undefined, url: RequestUrl | undefined, href: string): undefined {
    const api = asked ?? (url && this.#claimsAt(url.origin)[0]?.api);
    if (api) throw tooLong(api.provider, href);
  }

  #claim(api: Api, url: string): void {
    const { origin, pathname } = new URL(url);
    const claims = this.#claims.get(origin) ?? [];
    this.#hasWildcards ||= origin.includes('*');
    claims.push({ api, prefix: withoutSlashes(pathname) });
    claims.sort(byPrefix);
    this.#claims.set(origin, claims);
  }

  #claimsOn({ origin, path }: RequestUrl): Claim[] {
    return this.#claimsAt(origin).filter(({ prefix }) => covers(prefix, path));
  }

  #claimsAt(origin: string): Claim[] {
    const exact = this.#claims.get(origin) ?? [];
    const wild = this.#hasWildcards ? this.#claims.get(wildcardOf(origin)) : undefined;
    return wild ? [...exact, ...wild].sort(byPrefix) : exact;
  }
}

/** Sorts the longest prefix first. */
function byPrefix(a: Claim, b: Claim): number {
  return b.prefix.length - a.prefix.length;
}

/** Whether the request goes to the base URL of its account. */
function needsAccountBaseURL({ url, baseURL, socketPath }: RequestTarget, api: Api): boolean {
  return api.baseURLFrom !== undefined && !baseURL && !socketPath && !isAbsolute(url);
}

function covers(prefix: string, path: string): boolean {
  if (prefix === '') return true;
  return (path === prefix || path.startsWith(`${prefix}/`)) && !climbs(path);
}

function unambiguous(claims: readonly Claim[], href: string): Claim | undefined {
  const enabled = claims.filter(({ api }) => api.enabled);
  const [first, ...others] = enabled.length > 0 ? enabled : claims;
  if (!first) return undefined;
  const rivals = others.filter(({ api, prefix }) => api !== first.api && prefix === first.prefix);
  if (rivals.length === 0) return first;
  throw ambiguous(
    [first, ...rivals].map(({ api }) => api.provider),
    href,
  );
}
