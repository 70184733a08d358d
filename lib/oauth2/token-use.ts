import type { Secret } from '../util/secret.js';
import type { TokenSet } from '../core/token-set.js';
import { constantsOf } from './definition-functions.js';
import type { Scalar, Signature, SignableRequest } from './request-definition.js';
import type { Conditions } from './selector.js';

/** What the functions of {@link TokenUse} know of a request to the API. */
export interface UseContext {
  /** The token that is about to be sent. */
  readonly accessToken: string;
  /** The token set of `accessToken`. Its `extra` has the further members of the token response. */
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
 * The value of a header: a text, or a function that is called for each request and each retry. `undefined` leaves the
 * header out. If the function throws, the caller gets the error.
 */
export type UseValue = string | Secret | ((context: UseContext) => Scalar | undefined);

/** A request to the API that is about to be sent. A stream, or a body of several parts, is not shown. */
export interface SignableApiRequest extends Omit<SignableRequest, 'body'> {
  readonly body: string | Buffer | undefined;
}

/** How a token travels to the API. Default: `Authorization: Bearer` (RFC 6750 §2.1). */
export interface TokenUse {
  /**
   * Scheme in the `Authorization` header. `''`: the token alone. `{ tokenType: true }`: the `token_type` of the
   * response, or `Bearer` if it names none. Default `Bearer`; `''` where something else carries the token.
   */
  readonly scheme?: string | { readonly tokenType: true } | undefined;
  /**
   * Another header that carries the token, alone or after `scheme`. Default `Authorization`. Only one of `header`,
   * `cookie` and `queryParameter` is allowed (RFC 6750 §2).
   */
  readonly header?: string | undefined;
  /** A cookie that carries the token, in addition to the cookies of the request. */
  readonly cookie?: string | undefined;
  /**
   * A parameter of the URL that carries the token. Use it only if the vendor offers nothing else, because servers and
   * proxies log URLs (RFC 6750 §5.3).
   */
  readonly queryParameter?: string | undefined;
  /** Further headers of every request that carries the token, such as an API key. Default none. */
  readonly headers?: Readonly<Record<string, UseValue>> | undefined;
  /**
   * Signs the complete request. What it returns is added to headers and URL. It sees the URL that is sent, with axios's
   * `params`. It must not be async.
   */
  readonly sign?: ((request: SignableApiRequest, context: UseContext) => Signature) | undefined;
  /** Responses that reject the token although their status is not 401. Default none. */
  readonly rejected?:
    | {
        /** Their status. */
        readonly status?: readonly number[] | undefined;
        /** Values of JSON members, by path, whatever the status. Streams are checked, too, if they are short JSON. */
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
  const carrier = use?.header ?? use?.cookie ?? use?.queryParameter;
  return carrier === undefined ? undefined : '';
}

/** Whether the response names the scheme. */
export function isOfResponse(scheme: TokenUse['scheme']): scheme is { readonly tokenType: true } {
  return typeof scheme === 'object';
}

/** Whether a value is an authentication scheme (RFC 9110 §11.1), or empty. */
export function isScheme(value: unknown): value is string {
  return typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]*$/.test(value);
}

/** Whether `use` has functions, which may read credentials. */
export function hasFunctions({ headers = {}, sign }: TokenUse = {}): boolean {
  return sign !== undefined || Object.values(headers).some((value) => typeof value === 'function');
}
