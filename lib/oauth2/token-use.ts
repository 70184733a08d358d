import type { Secret } from '../util/secret.js';
import type { TokenSet } from '../core/token-set.js';
import { constantsOf } from './constants.js';
import type { Conditions } from './reader.js';
import type { Scalar, Signature, SignableRequest } from './request-definition.js';

/** What the functions of {@link TokenUse} know of a request to the API. */
export interface UseContext {
  /** The token that is about to be sent. */
  readonly accessToken: string;
  /** The token set that `accessToken` is of; what else its answer said is in `extra`. */
  readonly tokens: TokenSet;
  /** Tenant, user or merchant that the token is for. */
  readonly subject: string | undefined;
  /** The credentials that the token was obtained with: the standard ones and those under `credentials`. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; the same throughout one request. */
  readonly now: number;
  /** A fresh UUID; the same throughout one request. */
  readonly id: string;
}

/**
 * A value of a header or query parameter: itself, or a function that is called for each request and each
 * replay; `undefined` leaves the header out. An error of the function reaches the caller.
 */
export type UseValue = string | Secret | ((context: UseContext) => Scalar | undefined);

/**
 * A request to the API that is about to be sent; a body of several parts, or one that is a stream, is
 * not shown.
 */
export interface SignableApiRequest extends Omit<SignableRequest, 'body'> {
  readonly body: string | Buffer | undefined;
}

/** How a token travels to the API. Default: `Authorization: Bearer`, as RFC 6750 §2.1 has it. */
export interface TokenUse {
  /**
   * Scheme in the `Authorization` header. `''`: the token alone. `{ tokenType: true }`: the `token_type` of the
   * response, and `Bearer` where it names none. Default `Bearer`, and `''` where the token is in another place.
   */
  readonly scheme?: string | { readonly tokenType: true } | undefined;
  /**
   * Another header that holds the token, alone or after `scheme`. Default `Authorization`. Of `header`, `cookie` and
   * `queryParameter`, there may be one (RFC 6750 §2).
   */
  readonly header?: string | undefined;
  /** A cookie that holds the token, beside those of the request. */
  readonly cookie?: string | undefined;
  /**
   * A parameter of the URL that holds the token. Servers and proxies log URLs (RFC 6750 §5.3): only
   * where the vendor offers nothing else.
   */
  readonly queryParameter?: string | undefined;
  /** Further headers of every request that carries the token, such as an API key. Default none. */
  readonly headers?: Readonly<Record<string, UseValue>> | undefined;
  /**
   * Signs the request, last of all: what it returns is added to headers and URL. The URL that it sees is
   * the one that is sent, axios's `params` included. It cannot wait.
   */
  readonly sign?: ((request: SignableApiRequest, context: UseContext) => Signature) | undefined;
  /** Answers beside 401 that say that the token is no good, by any of these. Default none. */
  readonly rejected?:
    | {
        /** By status. */
        readonly status?: readonly number[] | undefined;
        /** By members of a JSON body, by path, whatever the status; in streams, too, where they may be short JSON. */
        readonly body?: Conditions | undefined;
      }
    | undefined;
}

/** The paths that `values.extra` sends. */
export function extraPathsIn(use: TokenUse | undefined): string[] {
  return Object.values(use?.headers ?? {}).flatMap((value) => {
    const [kind, path] = constantsOf(value) ?? [];
    return kind === 'extra' && typeof path === 'string' ? [path] : [];
  });
}

/** The scheme that a token set is made for; `undefined`: the standard one. */
export function schemeOf(use: TokenUse | undefined): TokenUse['scheme'] {
  if (use?.scheme !== undefined) return use.scheme;
  const elsewhere = use?.header ?? use?.cookie ?? use?.queryParameter;
  return elsewhere === undefined ? undefined : '';
}

/** Whether the response names the scheme. */
export function isOfResponse(scheme: TokenUse['scheme']): scheme is { readonly tokenType: true } {
  return typeof scheme === 'object';
}

/** Whether a value is an authentication scheme (RFC 9110 §11.1), or empty. */
export function isScheme(value: unknown): value is string {
  return typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]*$/.test(value);
}

/** Whether a function of `use` may read credentials. */
export function hasFunctions({ headers = {}, sign }: TokenUse = {}): boolean {
  return sign !== undefined || Object.values(headers).some((value) => typeof value === 'function');
}

/**
 * The scheme to send a token with: as declared, or as the response says.
 *
 * @param before the scheme of the token that is renewed, for a response that names none
 */
export function schemeIn(
  tokenType: unknown,
  scheme: TokenUse['scheme'],
  before: string | undefined,
): string | undefined {
  if (!isOfResponse(scheme)) return scheme;
  if (typeof tokenType !== 'string') return before;
  return tokenType.toLowerCase() === 'bearer' ? 'Bearer' : tokenType;
}
