import { bare } from '../util/memory.js';
import type { TokenSet } from '../core/token-set.js';
import { methodOf, requestFor, type MakeRequest, type VendorRequest } from './protocol.js';
import type { RequestContext, Situation } from './request-definition.js';
import type { RevocationDefinition, TokenEndpoint } from './token-endpoint.js';

type Revocable = Partial<Pick<TokenSet, 'accessToken' | 'refreshToken'>>;

/** The requests that revoke the tokens of an account: one of the vendor's own, or one for each token (RFC 7009). */
export function revocationsOf(
  endpoint: TokenEndpoint,
  known: Situation,
  tokens: TokenSet,
  now: number,
): MakeRequest[] {
  const { revocation } = endpoint;
  if (revocation === undefined) return [];
  const { accessToken, refreshToken } = revocableOf(tokens, revocation, now);
  const situation = { ...known, accessToken, refreshToken };
  const made =
    (definition: RevocationDefinition): MakeRequest =>
    (moment) =>
      revocationRequest(endpoint, definition, { ...situation, ...moment });
  if (typeof revocation === 'object') return [made(revocation)];
  const isProlonged = refreshToken === accessToken; // there is one token only
  const hints = {
    refresh_token: isProlonged ? undefined : refreshToken,
    access_token: accessToken,
  };
  const clientAuthentication = methodOf(endpoint);
  return Object.entries(hints).flatMap(([token_type_hint, token]) => {
    if (token === undefined) return [];
    const parameters = { token, token_type_hint };
    return [made(bare({ url: revocation, clientAuthentication, parameters }))];
  });
}

/**
 * The tokens to revoke. A revocation endpoint (RFC 7009) may refuse an expired token, so it gets the one that has not
 * expired. The vendor's own request gets both.
 */
function revocableOf(
  { accessToken, refreshToken, expiresAt, refreshExpiresAt = Infinity }: TokenSet,
  revocation: TokenEndpoint['revocation'],
  now: number,
): Revocable {
  const hasOneExpired = refreshToken !== undefined && expiresAt > now !== refreshExpiresAt > now;
  if (typeof revocation !== 'string' || !hasOneExpired) return { accessToken, refreshToken };
  return expiresAt > now ? { accessToken } : { refreshToken };
}

function revocationRequest(
  endpoint: TokenEndpoint,
  definition: RevocationDefinition,
  context: RequestContext,
): VendorRequest {
  const path = 'revocation';
  const isUrl = typeof endpoint.revocation === 'string';
  const asking = {
    what: 'The revocation endpoint',
    path,
    pathOf: (member: string) => {
      if (member === 'response') return ''; // its response is not mapped
      return isUrl && member === 'url' ? path : `${path}.${member}`;
    },
    definition,
    clientAuthentication: definition.clientAuthentication,
  };
  return requestFor(endpoint, asking, definition.url, context);
}
