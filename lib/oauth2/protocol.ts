import { bare } from '../core/bare.js';
import { isLoopback, tryUrl } from '../core/urls.js';
import {
  clientAuthentications,
  type ClientAuthenticationMethod,
  type RequestPart,
} from './client-authentication.js';
import { CREDENTIALS } from './credentials.js';
import { declared, failureIn, kindOfValue, ShowableError } from './definition-functions.js';
import { grants, type GrantType } from './grants.js';
import type { RequestContext, RequestDefinition, Situation } from './request-definition.js';
import type {
  RefreshDefinition,
  RequestUrl,
  RevocationDefinition,
  StepDefinition,
  TokenEndpoint,
} from './token-endpoint.js';
import { values } from './values.js';
import type { MakeRequest, VendorRequest } from './vendor-client.js';

/** What the requests of a definition have in common with its token request. */
interface Asking extends RequestDefinition {
  readonly url?: RequestUrl | undefined;
  readonly clientAuthentication?: TokenEndpoint['clientAuthentication'];
}

/** The request for a token: what the definition says on top of what its grant says. */
export function vendorRequest(
  endpoint: TokenEndpoint,
  asking: Asking,
  grantType: GrantType,
  context: RequestContext,
): VendorRequest {
  const { refresh } = endpoint;
  const own: object = asking !== endpoint && typeof refresh === 'object' ? refresh : {};
  const pathOf = (member: string) => (Object.hasOwn(own, member) ? `refresh.${member}` : member);
  const known = withNames(endpoint, context);
  const url = urlOf(endpoint, asking.url, known, pathOf);
  const parts = [
    grants[grantType].part(endpoint, url),
    scopePart(endpoint, context),
    authentication(endpoint, asking.clientAuthentication ?? methodOf(endpoint), url),
  ];
  const what = 'The token endpoint';
  const { answer } = endpoint;
  return { what, url, definition: asking, pathOf, parts, answer, context: known };
}

/** A request before or after the one for the token. */
export function stepRequest(
  endpoint: TokenEndpoint,
  when: 'before' | 'after',
  name: string,
  step: StepDefinition,
  context: RequestContext,
): VendorRequest {
  const pathOf = (member: string) => `${when}.${name}.${member}`;
  const known = withNames(endpoint, context);
  const url = urlOf(endpoint, step.url, known, pathOf);
  const what = `The step \`${name}\``;
  return { what, url, definition: step, pathOf, parts: [], answer: step.answer, context: known };
}

/** How a definition renews; `undefined` if it logs in again. What it does not say is as at login. */
export function refreshOf(endpoint: TokenEndpoint): RefreshDefinition | undefined {
  const { grantType = 'client_credentials', method, encoding, headers } = endpoint;
  const refresh = endpoint.refresh ?? (grants[grantType].refreshable ? 'standard' : 'never');
  if (refresh === 'never') return undefined;
  const { parameters, query, sign } = endpoint;
  // The parameters of a grant of the vendor's own are its login.
  const further = grantType === 'custom' ? {} : { parameters, query, sign };
  const own = typeof refresh === 'object' ? refresh : { undocumented: refresh === 'undocumented' };
  return bare({ method, encoding, headers, ...further, ...own });
}

/**
 * The requests that give back what a context holds: none, the vendor's own, or those of RFC 7009. Made
 * when they are asked, like all requests.
 */
export function revocationsOf(endpoint: TokenEndpoint, situation: Situation): MakeRequest[] {
  const { revocation } = endpoint;
  if (revocation === undefined) return [];
  if (typeof revocation === 'object')
    return [(moment) => revoking(endpoint, revocation, { ...situation, ...moment })];
  const { accessToken, refreshToken } = situation;
  const tokens = { refresh_token: refreshToken, access_token: accessToken };
  return Object.entries(tokens).flatMap(([token_type_hint, token]) => {
    if (token === undefined) return [];
    const clientAuthentication = methodOf(endpoint);
    const parameters = { token, token_type_hint };
    const definition = bare({ url: revocation, clientAuthentication, parameters });
    return [(moment) => revoking(endpoint, definition, { ...situation, ...moment })];
  });
}

function revoking(
  endpoint: TokenEndpoint,
  definition: RevocationDefinition,
  context: RequestContext,
): VendorRequest {
  const pathOf = (member: string) => `revocation.${member}`;
  const known = withNames(endpoint, context);
  const url = urlOf(endpoint, definition.url, known, pathOf);
  const parts = [authentication(endpoint, definition.clientAuthentication, url)];
  const what = 'The revocation endpoint';
  return { what, url, definition, pathOf, parts, answer: undefined, context: known };
}

function authentication(
  endpoint: TokenEndpoint,
  method: ClientAuthenticationMethod | undefined,
  url: string,
): RequestPart {
  return method === undefined ? {} : clientAuthentications[method].part(endpoint, url);
}

function methodOf(endpoint: TokenEndpoint): ClientAuthenticationMethod | undefined {
  const { grantType = 'client_credentials', clientAuthentication } = endpoint;
  return clientAuthentication ?? grants[grantType].clientAuthentication;
}

function scopePart(endpoint: TokenEndpoint, { resource }: RequestContext): RequestPart {
  const { scopeParameter = 'scope' } = endpoint;
  return {
    parameters: {
      ...(scopeParameter !== false && { [scopeParameter]: values.scope }),
      ...(resource.length > 0 && { resource: resource.length === 1 ? resource[0]! : resource }),
    },
  };
}

/** A context in which functions can read only credentials and answers that the definition declares. */
export function withNames(endpoint: TokenEndpoint, context: RequestContext): RequestContext {
  const steps = Object.keys({ ...endpoint.before, ...endpoint.after });
  return {
    ...context,
    credentials: declared(context.credentials, CREDENTIALS, 'credential'),
    answers: declared(context.answers, steps, 'step'),
  };
}

function urlOf(
  { tokenEndpoint }: TokenEndpoint,
  url: RequestUrl | undefined,
  context: RequestContext,
  pathOf: (member: string) => string,
): string {
  if (url === undefined) return tokenEndpoint!;
  try {
    return usableUrl(typeof url === 'function' ? url(context) : url, tokenEndpoint!);
  } catch (error) {
    throw failureIn(pathOf('url'), error);
  }
}

/**
 * Where a function of the definition leads. The function may have it from an answer of the vendor, so it must
 * not be less safe than the token endpoint.
 */
function usableUrl(told: unknown, tokenEndpoint: string): string {
  if (typeof told !== 'string' || told === '') return unusable(kindOfValue(told));
  const isPath = /^\/(?![/\\])/.test(told);
  const asked = isPath ? tryUrl(new URL(told, tokenEndpoint).href) : tryUrl(told);
  if (!asked)
    return unusable('a text that is neither an absolute URL nor a path that begins with one slash');
  if (asked.username !== '' || asked.password !== '')
    return unusable('a URL with credentials in it');
  const base = new URL(tokenEndpoint);
  const mayBePlain = isLoopback(asked) || (base.protocol === 'http:' && !isLoopback(base));
  if (asked.protocol === 'https:' || (asked.protocol === 'http:' && mayBePlain)) return asked.href;
  return unusable('a URL that is not https');
}

function unusable(returned: string): never {
  throw new ShowableError(`it returned ${returned}`);
}
