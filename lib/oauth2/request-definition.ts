import type { Secret } from '../util/secret.js';
import type { TokenSet } from '../core/token-set.js';
import type { VendorResponse } from './vendor-response.js';

/** What is new for each request. */
export interface Moment {
  /** Milliseconds since the epoch; the same throughout one request. */
  readonly now: number;
  /** A fresh UUID; the same throughout one request. */
  readonly id: string;
}

/** What the functions in a definition know when a request to the vendor is made. */
export interface RequestContext extends Moment {
  /** The resolved credentials: the standard ones and those under `credentials`. */
  readonly credentials: Readonly<Record<string, string>>;
  /** Tenant, user or merchant that the token is for. */
  readonly subject: string | undefined;
  /** The scope to ask for, as it is sent. */
  readonly scope: string | undefined;
  /** The resource indicators to ask for. */
  readonly resource: readonly string[];
  /**
   * The responses of the steps before this request, by name. A renewal by refresh token and a revocation run no
   * steps: what they need of an response is captured, and then in `extra` of `tokens`.
   */
  readonly responses: Readonly<Record<string, VendorResponse>>;
  /** The token that is renewed or revoked, or has just been obtained. */
  readonly accessToken: string | undefined;
  /** The refresh token that is used or revoked. */
  readonly refreshToken: string | undefined;
  /**
   * The token set that is renewed or revoked, or has just been obtained. Its `extra` has the further members of the
   * response, captured values, and the responses of the steps in `after`.
   */
  readonly tokens: TokenSet | undefined;
}

/** What all requests of one renewal have in common. */
export type Situation = Omit<RequestContext, keyof Moment>;

export type Scalar = string | number | boolean;

/**
 * A computed value; `undefined` leaves the parameter or header out. If the function throws or returns anything else, the
 * renewal fails with `CREDENTIALS_UNAVAILABLE`. The error names the member and does not show the function's error.
 */
export type Computed = (
  context: RequestContext,
) => Scalar | undefined | Promise<Scalar | undefined>;

/**
 * The value of a parameter or header, or a function that is called for each request. `values` has ready-made
 * functions.
 */
export type RequestValue = Scalar | Secret | Computed;

/** A parameter: a value, or for a JSON body an object or a list of parameters. */
export type Parameter =
  RequestValue | readonly Parameter[] | { readonly [name: string]: Parameter };

export type RequestValues = Readonly<Record<string, RequestValue>>;

/** How parameters are sent. */
export type Encoding = 'form' | 'multipart' | 'json' | 'query' | 'none';

/** What is about to be sent, for a function that signs it. */
export interface SignableRequest {
  /** In upper case. */
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The encoded body as it is sent; `undefined` if there is none or it has several parts. */
  readonly body: string | undefined;
}

/** What signing adds to a request. Its headers replace those of the same name. */
export interface Signature {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
}

/** One request to a vendor, as data. A function stands where a value must be computed. */
export interface RequestDefinition {
  /** Default `POST`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | undefined;
  /**
   * How the parameters are sent. Default `form` (application/x-www-form-urlencoded); `query` with `GET` and `DELETE`.
   * `none`: there are no parameters, or `body` makes the body.
   */
  readonly encoding?: Encoding | undefined;
  /**
   * Further parameters, such as `audience`; all of them where the grant is `custom`. A list is a parameter that occurs
   * several times. Default none.
   */
  readonly parameters?: Readonly<Record<string, Parameter>> | undefined;
  /** Parameters in the URL, whatever the encoding. Default none. */
  readonly query?: RequestValues | undefined;
  /** Further headers. Default `Accept: application/json`; the encoding sets the content type. */
  readonly headers?: RequestValues | undefined;
  /** Makes the whole body, such as XML, instead of parameters. `headers` names its content type. */
  readonly body?: ((context: RequestContext) => string | Promise<string>) | undefined;
  /** Signs the encoded request, after everything else. */
  readonly sign?:
    | ((request: SignableRequest, context: RequestContext) => Signature | Promise<Signature>)
    | undefined;
}
