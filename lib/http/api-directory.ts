import { OAuth2ClientError, type OAuth2ErrorCode } from '../core/errors.js';
import type { TokenProvider } from '../core/token-provider.js';
import { unknownProvider } from '../core/unknown-provider.js';
import type { Connection } from './connection.js';
import { joinUrl, parseUrl, readUrl, type RequestUrl } from './request-url.js';

/** What a request needs of a {@link TokenProvider}. */
export type TokenAccess = Pick<TokenProvider, 'peek' | 'getToken' | 'renew'>;

/** An API that a provider has tokens for. */
export interface Api {
  readonly provider: string;
  readonly tokens: TokenAccess;
  /** Which requests are sent once more after a 401. Default `all`. */
  readonly replay?: 'all' | 'idempotent' | 'none' | undefined;
  /** How its requests are connected. */
  readonly connection: Connection;
  /** One that is disabled leaves its URLs to any other that claims them. */
  readonly enabled: boolean;
  /** Absolute URLs: an origin each, with an optional path prefix. */
  readonly origins: readonly string[];
}

/** Where a request goes and whose token it carries. */
export interface Route {
  readonly api: Api;
  readonly url: RequestUrl;
}

/** What decides where a request goes. */
type RequestTarget = Parameters<typeof joinUrl>[0] & { readonly socketPath?: string | null };

interface Claim {
  readonly api: Api;
  /** `''`, or a path without a slash at its end. */
  readonly prefix: string;
}

/** Knows which API a URL belongs to. */
export class ApiDirectory {
  readonly #apis = new Map<string, Api>();
  readonly #claims = new Map<string, Claim[]>();
  readonly #isKnownOrigin = (origin: string) => this.#claims.has(origin);

  constructor(apis: readonly Api[]) {
    for (const api of apis) {
      this.#apis.set(api.provider, api);
      for (const url of api.origins) this.#claim(api, url);
    }
  }

  get(provider: string): Api {
    const api = this.#apis.get(provider);
    if (api) return api;
    throw unknownProvider(provider, [...this.#apis.keys()], 'api request');
  }

  /**
   * Whose token a request carries: that of the provider it names, else that of the provider that its
   * HttpService is bound to, else that of the longest matching prefix. `undefined`: nobody's.
   *
   * @throws {OAuth2ClientError} `PROVIDER_UNKNOWN`, `URL_NOT_OWNED`, `PROVIDER_AMBIGUOUS`
   */
  route(
    config: RequestTarget,
    named: string | undefined,
    bound: string | undefined,
  ): Route | undefined {
    // A relative URL of a request that names its provider is relative to that provider's API.
    const base = named === undefined ? undefined : this.get(named).origins[0];
    const based = config.baseURL || !base ? config : { ...config, baseURL: base };
    // Through a socket the request goes wherever the socket leads, whatever the URL says.
    const url = config.socketPath ? undefined : readUrl(joinUrl(based), this.#isKnownOrigin);
    const claims = url ? this.#claimsOn(url) : [];
    const provider = named ?? bound;
    if (provider === undefined) {
      const claim = unambiguous(claims);
      return claim && url && { api: claim.api, url };
    }
    const api = this.get(provider);
    if (url && claims.some((claim) => claim.api === api)) return { api, url };
    if (named === undefined) return undefined;
    const origins = api.origins.join(', ');
    throw notServed(
      'URL_NOT_OWNED',
      provider,
      `The request goes to none of its origins: ${origins}.`,
      {
        hint: 'Add the origin to `origins`, or leave `provider` out of the request.',
      },
    );
  }

  /** Whether a token of `api` may go to `url`. */
  owns(api: Api, url: string): boolean {
    const parsed = parseUrl(url);
    return parsed !== undefined && this.#claimsOn(parsed).some((claim) => claim.api === api);
  }

  #claim(api: Api, url: string): void {
    const { origin, pathname } = new URL(url);
    const claims = this.#claims.get(origin) ?? [];
    claims.push({ api, prefix: pathname.replace(/\/+$/, '') });
    claims.sort((a, b) => b.prefix.length - a.prefix.length);
    this.#claims.set(origin, claims);
  }

  #claimsOn({ origin, path }: RequestUrl): Claim[] {
    const claims = this.#claims.get(origin) ?? [];
    return claims.filter(({ prefix }) => covers(prefix, path));
  }
}

function covers(prefix: string, path: string): boolean {
  if (prefix === '') return true;
  return (path === prefix || path.startsWith(`${prefix}/`)) && !climbs(path);
}

/**
 * Whether a server could read the path as leading upwards: by encoded dots and separators, or by dots
 * that the URL parser has left (that of Node 20 does after a name that begins with a dot).
 */
function climbs(path: string): boolean {
  if (!path.includes('..') && !path.includes('%')) return false;
  return decodedDeeply(path)
    .split(/[/\\]/)
    .some((segment) => /^\.\.(?:[;\0]|$)/.test(segment)); // some servers cut a segment at `;`
}

function decodedDeeply(path: string): string {
  const decoded = path.replace(/%(2f|5c|2e|3b|25|00)/gi, (code) => decodeURIComponent(code));
  return decoded === path ? path : decodedDeeply(decoded);
}

function unambiguous(claims: readonly Claim[]): Claim | undefined {
  const enabled = claims.filter(({ api }) => api.enabled);
  const [first, ...others] = enabled.length > 0 ? enabled : claims;
  if (!first) return undefined;
  const rivals = others.filter(({ api, prefix }) => api !== first.api && prefix === first.prefix);
  if (rivals.length === 0) return first;
  const candidates = [first, ...rivals].map(({ api }) => api.provider).join(', ');
  throw notServed('PROVIDER_AMBIGUOUS', candidates, 'Several providers serve this URL.', {
    hint: 'Name one in the request, `{ oauth2: { provider } }`, or inject an HttpService by name.',
  });
}

function notServed(
  code: OAuth2ErrorCode,
  provider: string,
  reason: string,
  { hint }: { hint: string },
): OAuth2ClientError {
  return new OAuth2ClientError({
    code,
    provider,
    stage: 'api request',
    reason,
    hint,
  });
}
