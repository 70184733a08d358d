import { clientAuthentications, type RequestPart } from './client-authentication.js';
import { grants, type GrantType } from './grants.js';
import type { RequestContext, RequestDefinition } from './request-definition.js';
import type { RefreshDefinition, RequestUrl, TokenEndpoint } from './token-endpoint.js';
import { values } from './values.js';
import type { VendorRequest } from './vendor-client.js';

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
  const url = urlOf(endpoint, asking.url, context);
  const parts = [
    grants[grantType].part(endpoint, url),
    scopePart(endpoint, context),
    authentication(endpoint, asking, url),
  ];
  return { url, definition: asking, parts, answer: endpoint.answer, context };
}

/** A request that is no grant. */
export function stepRequest(
  endpoint: TokenEndpoint,
  step: Asking & Pick<TokenEndpoint, 'answer'>,
  context: RequestContext,
): VendorRequest {
  const url = urlOf(endpoint, step.url, context);
  return { url, definition: step, parts: [], answer: step.answer, context };
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
  return { method, encoding, headers, ...further, ...own };
}

/** The requests that give back what a context holds: none, the vendor's own, or those of RFC 7009. */
export function revocationsOf(endpoint: TokenEndpoint, context: RequestContext): VendorRequest[] {
  const { revocation } = endpoint;
  if (revocation === undefined) return [];
  if (typeof revocation === 'object') {
    const request = stepRequest(endpoint, revocation, context);
    return [{ ...request, parts: [authentication(endpoint, revocation, request.url)] }];
  }
  const { accessToken, refreshToken } = context;
  const url = urlOf(endpoint, revocation, context);
  const tokens = { refresh_token: refreshToken, access_token: accessToken };
  return Object.entries(tokens)
    .filter(([, token]) => token !== undefined)
    .map(([token_type_hint, token]) => ({
      url,
      definition: { parameters: { token: token!, token_type_hint } },
      parts: [authentication(endpoint, {}, url)],
      answer: undefined,
      context,
    }));
}

function authentication(endpoint: TokenEndpoint, asking: Asking, url: string): RequestPart {
  const { grantType = 'client_credentials', clientAuthentication } = endpoint;
  const method =
    asking.clientAuthentication ?? clientAuthentication ?? grants[grantType].clientAuthentication;
  return clientAuthentications[method].part(endpoint, url);
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

function urlOf(
  { tokenEndpoint }: TokenEndpoint,
  url: RequestUrl | undefined,
  context: RequestContext,
): string {
  const told = typeof url === 'function' ? url(context) : url;
  if (told === undefined) return tokenEndpoint!;
  const { href, protocol } = new URL(told, tokenEndpoint);
  // What a vendor's answer leads to must not be less safe than what led to the answer.
  if (protocol === 'https:' || protocol === new URL(tokenEndpoint!).protocol) return href;
  throw new TypeError('a URL that must be https is not');
}
