import { failureIn } from '../oauth2/definition-functions.js';
import { valueAt } from '../oauth2/selector.js';
import type { AccountOfToken, BaseURLFrom } from '../oauth2/token-endpoint.js';
import type { TokenAccess } from '../lifecycle/token-access.js';
import type { TokenProvider } from '../lifecycle/token-provider.js';
import { baseURLFailed } from './errors.js';
import type { Connection } from './request-config.js';
import { isAbsolute } from './request-url.js';
import type { RequestEvents } from './request-events.js';
import type { FirstResponse } from './response.js';
import type { ApiTokenUse } from './token-use.js';

/** The part of a {@link TokenProvider} that a request needs. A test double may lack the optional methods. */
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
  /** Agents and proxy of its requests. */
  readonly connection: Connection;
  /** A disabled API owns a URL only if no enabled API claims it. */
  readonly enabled: boolean;
  /** Hears of its requests. */
  readonly events?: RequestEvents | undefined;
  /** Puts its tokens into requests. */
  readonly use: ApiTokenUse;
  /** Notes the status of each response. */
  readonly firstResponse?: FirstResponse | undefined;
  /** The base of relative URLs. */
  readonly baseURL: string | undefined;
  /** Replaces `baseURL`: a path in `extra` of a token set, or a function that returns the base URL of an account. */
  readonly baseURLFrom?: BaseURLFrom | undefined;
  /**
   * Absolute URLs: an origin each, with an optional path prefix. `*` stands for any first label of a
   * host name.
   */
  readonly origins: readonly string[];
}

/** The base URL of an account; `undefined` if there is none. Some vendors give only a host. */
export function accountBaseURL(
  { provider, baseURLFrom }: Pick<Api, 'provider' | 'baseURLFrom'>,
  account: AccountOfToken,
): string | undefined {
  let base: unknown;
  try {
    base =
      typeof baseURLFrom === 'function'
        ? baseURLFrom(account)
        : valueAt(account.tokens.extra, baseURLFrom!);
  } catch (error) {
    throw baseURLFailed(provider, failureIn('baseURLFrom', error).what);
  }
  if (typeof base !== 'string' || base.trim() === '') return undefined;
  return isAbsolute(base) ? base : `https://${base}`;
}
