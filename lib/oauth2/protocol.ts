import { bare } from '../util/memory.js';
import { isAtOrigin, isLoopback, tryUrl } from '../util/urls.js';
import { OAuth2ClientError } from '../core/errors.js';
import type { TokenSet } from '../core/token-set.js';
import { names, type TokenTarget } from '../core/token-target.js';
import {
  clientAuthentications,
  type ClientAuthenticationMethod,
  type RequestPart,
} from './client-authentication.js';
import { CREDENTIALS, type Credentials } from './credentials.js';
import { failureIn, kindOfValue, RefusedRequest, ShowableError } from './definition-functions.js';
import { grants, type GrantType } from './grants.js';
import type { Moment, RequestContext, RequestDefinition, Situation } from './request-definition.js';
import { declared } from './request-values.js';
import type { ResponseDefinition } from './response-definition.js';
import type { RefreshDefinition, RequestUrl, TokenEndpoint } from './token-endpoint.js';

/** One account, with what is known of its tokens. */
export interface Account {
  /** With the keys that sign its assertions. */
  readonly endpoint: TokenEndpoint;
  readonly credentials: Credentials;
  readonly target: TokenTarget;
  /** The token set that is renewed or revoked. */
  readonly tokens?: TokenSet | undefined;
  readonly refreshToken?: string | undefined;
}

/** What the functions of a definition know of an account before a step has run. */
export function situationOf(account: Account): Situation {
  const { endpoint, credentials, target, tokens, refreshToken } = account;
  return {
    credentials,
    subject: target.subject,
    scope: scopeNames(endpoint, target).join(endpoint.scopeSeparator ?? ' ') || undefined,
    resource: names(target.resource ?? endpoint.resource),
    responses: {},
    accessToken: tokens?.accessToken,
    refreshToken,
    tokens,
  };
}

/** The scope names to ask for. */
export function scopeNames(endpoint: TokenEndpoint, target: TokenTarget): string[] {
  return names(target.scope ?? endpoint.scope);
}

/** A context in which functions can read only credentials and responses that the definition declares. */
export function withNames(endpoint: TokenEndpoint, context: RequestContext): RequestContext {
  const steps = Object.keys({ ...endpoint.before, ...endpoint.after });
  return {
    ...context,
    credentials: declared(context.credentials, CREDENTIALS, 'credential'),
    responses: declared(context.responses, steps, 'step'),
  };
}

/** What a definition says about one of its requests. */
export interface Asking {
  /** What it is sent to, for errors. */
  readonly what: string;
  /** The path of the request in the definition; `''` for the login. */
  readonly path: string;
  /** The path of one of its members in the definition, for errors. `url` and `response` are members, too. */
  readonly pathOf: (member: string) => string;
  readonly definition: RequestDefinition;
  readonly mapping?: ResponseDefinition | undefined;
  readonly grantType?: GrantType | undefined;
  readonly clientAuthentication?: ClientAuthenticationMethod | undefined;
}

/** One request to a vendor. */
export interface VendorRequest extends Asking {
  readonly url: string;
  /** Whether a function has computed the URL. Its path may then hold a session or an account. */
  readonly isUrlComputed: boolean;
  /** What grant and client authentication add. */
  readonly parts: readonly RequestPart[];
  readonly context: RequestContext;
  /** Whether it carries something that a server may count, such as a password. Default `false`. */
  readonly isCareful?: boolean | undefined;
}

/** Makes a request when it is about to be sent. */
export type MakeRequest = (moment: Moment) => VendorRequest;

/** The token request of a login. */
export function loginRequest(endpoint: TokenEndpoint, context: RequestContext): VendorRequest {
  const asking: Asking = {
    what: 'The token endpoint',
    path: '',
    pathOf: ofLogin,
    definition: endpoint,
    mapping: endpoint.response,
    grantType: grantTypeOf(endpoint),
    clientAuthentication: methodOf(endpoint),
  };
  return requestFor(endpoint, asking, undefined, context);
}

const ofLogin = (member: string) => (member === 'url' ? 'tokenEndpoint' : member);

/** The token request of a renewal by refresh token. */
export function refreshRequest(
  endpoint: TokenEndpoint,
  refresh: RefreshDefinition,
  context: RequestContext,
): VendorRequest {
  const own: object = typeof endpoint.refresh === 'object' ? endpoint.refresh : {};
  const asking: Asking = {
    what: 'The token endpoint',
    path: 'refresh',
    pathOf: (member: string) =>
      Object.hasOwn(own, member) ? `refresh.${member}` : ofLogin(member),
    definition: refresh,
    mapping: endpoint.response,
    grantType: refresh.grantType ?? 'refresh_token',
    clientAuthentication: refresh.clientAuthentication ?? methodOf(endpoint),
  };
  return requestFor(endpoint, asking, refresh.url, context);
}

/** How a definition renews; `undefined` if it logs in again. Members that it does not name are those of the login. */
export function refreshOf(endpoint: TokenEndpoint): RefreshDefinition | undefined {
  const { method, encoding, headers, parameters, query, sign } = endpoint;
  const grantType = grantTypeOf(endpoint);
  const refresh = endpoint.refresh ?? (grants[grantType].refreshable ? 'standard' : 'never');
  if (refresh === 'never') return undefined;
  // The parameters of a custom grant are its login.
  const further = grantType === 'custom' ? {} : { parameters, query, sign };
  const own = typeof refresh === 'object' ? refresh : { undocumented: refresh === 'undocumented' };
  return bare({ method, encoding, headers, ...further, ...own });
}

/** A request to the vendor: what the definition says, what grant and client authentication add, and where it goes. */
export function requestFor(
  endpoint: TokenEndpoint,
  asking: Asking,
  url: RequestUrl | undefined,
  context: RequestContext,
): VendorRequest {
  const { grantType, clientAuthentication: method } = asking;
  const known = withNames(endpoint, context);
  const target = urlOf(endpoint, url, known, asking.pathOf('url'));
  const parts = [
    grantType && grants[grantType].part(endpoint, target),
    grantType && scopePart(endpoint, context),
    method && clientAuthentications[method].part(endpoint, target),
  ];
  return {
    ...asking,
    url: target,
    isUrlComputed: typeof (url ?? endpoint.tokenEndpoint) === 'function',
    parts: parts.filter((part) => part !== undefined),
    context: known,
  };
}

function grantTypeOf({ grantType = 'client_credentials' }: TokenEndpoint): GrantType {
  return grantType;
}

/** The client authentication of a definition, or the default of its grant. */
export function methodOf(endpoint: TokenEndpoint): ClientAuthenticationMethod | undefined {
  return endpoint.clientAuthentication ?? grants[grantTypeOf(endpoint)].clientAuthentication;
}

function scopePart(
  { scopeParameter = 'scope' }: TokenEndpoint,
  { resource }: RequestContext,
): RequestPart {
  const [first, ...others] = resource;
  return {
    parameters: {
      ...(scopeParameter !== false && { [scopeParameter]: ({ scope }: RequestContext) => scope }),
      ...(first !== undefined && { resource: others.length === 0 ? first : resource }),
    },
  };
}

/**
 * The URL of a request. A function may use a subject or a response, which must not choose who gets the credentials. So
 * its URL must be at the origin of the token endpoint or at one of the `origins` of the definition.
 *
 * @param url default: the token endpoint
 * @param member the path of the URL in the definition, for errors
 * @throws {RefusedRequest} if the URL is at another origin
 * @throws {FunctionFailure} if a function fails, or does not return a URL
 */
function urlOf(
  endpoint: TokenEndpoint,
  url: RequestUrl | undefined,
  context: RequestContext,
  member: string,
): string {
  const { tokenEndpoint, origins = [] } = endpoint;
  if (url === undefined) return endpointUrl(endpoint, context);
  const base = () => endpointUrl(endpoint, context);
  if (typeof url === 'string') return (tryUrl(url) ?? new URL(url, base())).href; // checked at start
  const own = typeof tokenEndpoint === 'string' ? [tokenEndpoint] : [];
  return checked(member, () => usableUrl(url(context), base), [...own, ...origins]);
}

function endpointUrl(
  { tokenEndpoint = '', origins = [] }: TokenEndpoint,
  context: RequestContext,
): string {
  if (typeof tokenEndpoint === 'string') return tokenEndpoint;
  return checked('tokenEndpoint', () => usableUrl(tokenEndpoint(context)), origins);
}

function checked(member: string, find: () => URL, origins: readonly string[]): string {
  const url = found(member, find);
  if (isAtOrigin(url, origins)) return url.href;
  if (url.protocol !== 'https:' && !isLoopback(url)) {
    throw failureIn(member, new ShowableError('it returned a URL that is not https'));
  }
  throw new RefusedRequest(
    `The function \`${member}\` of the definition leads to ${url.origin}, which is neither the origin of \`tokenEndpoint\` or \`baseURL\` nor one of \`origins\`. Nothing was sent.`,
    'Correct the function, or add the origin to `origins` if it belongs to the vendor.',
    'URL_NOT_OWNED',
  );
}

function found(member: string, find: () => URL): URL {
  try {
    return find();
  } catch (error) {
    if (error instanceof OAuth2ClientError || error instanceof RefusedRequest) throw error;
    throw failureIn(member, error);
  }
}

/** @param base what a path is relative to; without it, a path is refused */
function usableUrl(returned: unknown, base?: () => string): URL {
  if (typeof returned !== 'string' || returned === '') return unusable(kindOfValue(returned));
  const isPath = base !== undefined && /^\/(?![/\\])/.test(returned);
  const url = isPath ? new URL(returned, base()) : tryUrl(returned);
  if (url?.username === '' && url.password === '') return url;
  if (url) return unusable('a URL with credentials in it');
  const path = base ? ', nor a path that begins with one slash' : '';
  return unusable(`a text that is not an absolute URL${path}`);
}

function unusable(returned: string): never {
  throw new ShowableError(`it returned ${returned}`);
}
