import type { TokenAccess } from '../lifecycle/token-access.js';
import type { TokenProvider } from '../lifecycle/token-provider.js';
import { unknownProvider } from '../core/unknown-provider.js';
import { baseOf } from './base-of-account.js';
import type { Connection } from './connection.js';
import { namesOf } from '../oauth2/vendor-response.js';
import { tryUrl, wildcardOf } from '../util/urls.js';
import type { AccountOfToken, BaseURLFrom } from '../oauth2/token-endpoint.js';
import type { FirstAnswer } from './first-answer.js';
import type { Presentation } from './presentation.js';
import { climbs } from './percent-encoding.js';
import {
  isAbsolute,
  isPlainPath,
  joinUrl,
  LONGEST_URL,
  parseUrl,
  readUrl,
  withoutSlashes,
  type RequestUrl,
} from './request-url.js';
import {
  ambiguous,
  notOwned,
  notTold,
  ofAnotherAccount,
  throughSocket,
  toldElsewhere,
  tooLong,
} from './route-errors.js';

/** What a request needs of a {@link TokenProvider}. */
export type ApiTokens = Pick<TokenAccess, 'peek' | 'getToken' | 'renew'> &
  Partial<Pick<TokenProvider, 'credentialsOf' | 'status'>>;

/** An API that a provider has tokens for. */
export interface Api {
  readonly provider: string;
  readonly tokens: ApiTokens;
  /** The subject of requests that name none. */
  readonly subject?: (() => string | undefined) | undefined;
  /** Which requests are sent once more after a 401. Default `all`. */
  readonly retry?: 'all' | 'idempotent' | 'none' | undefined;
  /** How its requests are connected. */
  readonly connection: Connection;
  /** One that is disabled leaves its URLs to any other that claims them. */
  readonly enabled: boolean;
  /** How its tokens are put into requests. */
  readonly presentation: Presentation;
  /** Is told the status of each response. */
  readonly firstAnswer?: FirstAnswer | undefined;
  /** What relative URLs are relative to. */
  readonly baseURL: string | undefined;
  /** Where it is instead: in `extra` of a token set, by path, or what a function returns. */
  readonly baseURLFrom?: BaseURLFrom | undefined;
  /**
   * Absolute URLs: an origin each, with an optional path prefix. `*` stands for any first label of a
   * host name.
   */
  readonly origins: readonly string[];
}

/** Where a request goes and whose token it carries. */
export interface Route {
  readonly api: Api;
  /** `undefined`: that is told by the token set (see {@link ApiDirectory.resolve}). */
  readonly url: Pick<RequestUrl, 'href' | 'hasUserinfo'> | undefined;
}

/** What decides where a request goes. */
export type RequestTarget = Parameters<typeof joinUrl>[0] & {
  readonly socketPath?: string | null;
};

interface Claim {
  readonly api: Api;
  /** `''`, or a path without a slash at its end. */
  readonly prefix: string;
}

/** Knows which API a URL belongs to. */
export class ApiDirectory {
  readonly #apis = new Map<string, Api>();
  /** Base URLs that read as they are written, without a slash at their end. */
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
   * Whose token a request carries: that of the provider it names, else that of the provider that its
   * HttpService is bound to, else that of the longest matching prefix. `undefined`: it names none, is
   * bound to none, and its URL belongs to none.
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
    if (api && isOfToken(config, api)) return { api, url: undefined };
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
    // Through a socket the request goes wherever the socket leads, whatever the URL says.
    if (config.socketPath && (api ?? claim)) throw throughSocket((api ?? claim!.api).provider);
    if (claim && url) return { api: claim.api, url };
    if (api) throw notOwned(api, url, whole);
    return undefined;
  }

  /**
   * The URL of a request with the token of an account.
   *
   * @param url what the request says; `undefined`: the base URL of the account is to be found first
   * @throws {OAuth2ClientError} `URL_NOT_OWNED` if that is none of the API's, or the host of another account
   */
  resolve(
    api: Api,
    config: RequestTarget,
    account: AccountOfToken,
    url: Route['url'],
  ): NonNullable<Route['url']> {
    const found = url ?? this.#told(api, config, account);
    if (this.isOfAccount(api, found.href, account)) return found;
    throw ofAnotherAccount(api.provider);
  }

  #told(api: Api, config: RequestTarget, account: AccountOfToken): RequestUrl {
    const { accessToken, extra } = account.tokens;
    const told = baseOf(api, account);
    if (told === undefined) throw notTold(api, namesOf(extra));
    const whole = joinUrl({ url: config.url, baseURL: told });
    if (whole.length > LONGEST_URL) throw tooLong(api.provider, whole);
    const url = parseUrl(whole);
    if (url && !url.hasUserinfo && this.owns(api, url.href)) return url;
    throw toldElsewhere(api, whole, accessToken);
  }

  /** Whether a token of `api` may go to `url`. */
  owns(api: Api, url: string): boolean {
    const parsed = parseUrl(url);
    return parsed !== undefined && this.#claimsOn(parsed).some((claim) => claim.api === api);
  }

  /**
   * Whether the token of an account may go to a URL of its API. Where a function gives each account a base URL of
   * its own, `*` stands for no host but that of the account.
   */
  isOfAccount(api: Api, href: string, account: AccountOfToken): boolean {
    if (typeof api.baseURLFrom !== 'function') return true;
    const { origin } = new URL(href);
    const isNamed = this.#claims.get(origin)?.some((claim) => claim.api === api);
    return isNamed === true || tryUrl(baseOf(api, account) ?? '')?.origin === origin;
  }

  /** The URL of a path below the base URL that cannot be read in two ways: no need to parse it. */
  #plainHref({ url, socketPath }: RequestTarget, api: Api): string | undefined {
    const base = this.#plainBases.get(api);
    if (base === undefined || typeof url !== 'string' || socketPath) return undefined;
    return url.length <= LONGEST_URL && isPlainPath(url) ? base + url : undefined;
  }

  /** A long URL is not read to its end, so it gets no token; where it may be one of an API's, it is not sent. */
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

/** The longest first. */
function byPrefix(a: Claim, b: Claim): number {
  return b.prefix.length - a.prefix.length;
}

/** Whether only the token set tells where the request goes. */
function isOfToken({ url, baseURL, socketPath }: RequestTarget, api: Api): boolean {
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
