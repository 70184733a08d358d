import { bare } from '../util/bare.js';
import {
  clientAuthentications,
  type ClientAuthenticationMethod,
  type RequestPart,
} from './client-authentication.js';
import { CREDENTIALS } from './credentials.js';
import { declared } from './definition-functions.js';
import { grants, type GrantType } from './grants.js';
import type { RequestContext, RequestDefinition, Situation } from './request-definition.js';
import { urlOf } from './request-url.js';
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
  const clientAuthentication = asking.clientAuthentication ?? methodOf(endpoint);
  const parts = [
    grants[grantType].part(endpoint, url),
    scopePart(endpoint, context),
    authentication(endpoint, clientAuthentication, url),
  ];
  return {
    what: 'The token endpoint',
    place: {
      path: asking === endpoint ? '' : 'refresh',
      urlMember: asking.url === undefined ? 'tokenEndpoint' : 'refresh.url',
      answerMember: 'response',
      grantType,
      clientAuthentication,
    },
    pathOf,
    url,
    isUrlComputed: typeof (asking.url ?? endpoint.tokenEndpoint) === 'function',
    definition: asking,
    parts,
    answer: endpoint.response,
    context: known,
  };
}

/**
 * A request before or after the one for the token.
 *
 * @param when the member of the definition that has it
 */
export function stepRequest(
  endpoint: TokenEndpoint,
  when: 'before' | 'after',
  name: string,
  step: StepDefinition,
  context: RequestContext,
): VendorRequest {
  const path = `${when}.${name}`;
  const pathOf = (member: string) => `${path}.${member}`;
  const known = withNames(endpoint, context);
  return {
    what: `The step \`${name}\``,
    place: { path, urlMember: `${path}.url`, answerMember: `${path}.response` },
    pathOf,
    url: urlOf(endpoint, step.url, known, pathOf),
    isUrlComputed: typeof step.url === 'function',
    definition: step,
    parts: [],
    answer: step.response,
    context: known,
  };
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
  const isOne = refreshToken === accessToken; // of a vendor that prolongs the token
  const tokens = { refresh_token: isOne ? undefined : refreshToken, access_token: accessToken };
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
  const path = 'revocation';
  const pathOf = (member: string) => `${path}.${member}`;
  const known = withNames(endpoint, context);
  const url = urlOf(endpoint, definition.url, known, pathOf);
  const { clientAuthentication } = definition;
  const urlMember = typeof endpoint.revocation === 'string' ? path : `${path}.url`;
  return {
    what: 'The revocation endpoint',
    place: { path, urlMember, answerMember: '', clientAuthentication },
    pathOf,
    url,
    isUrlComputed: typeof definition.url === 'function',
    definition,
    parts: [authentication(endpoint, clientAuthentication, url)],
    answer: undefined,
    context: known,
  };
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
    responses: declared(context.responses, steps, 'step'),
  };
}
