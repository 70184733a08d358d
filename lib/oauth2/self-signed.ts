import type { Instant } from '../util/clock.js';
import { TokenSet } from '../core/token-set.js';
import { signJwt, type JwtOptions } from './jwt.js';
import type { RequestContext } from './request-definition.js';
import type { TokenEndpoint } from './token-endpoint.js';
import { isOfResponse, schemeOf } from './token-use.js';

/** Seconds that a JWT lives which is the access token itself. */
const LIFETIME = 3_600;

/** A token that no server is asked for: a JWT that the API itself verifies. */
export async function selfSigned(
  { assertion, use }: TokenEndpoint,
  context: RequestContext,
  startedAt: Instant,
): Promise<TokenSet> {
  const made = assertion as JwtOptions; // a ready-made one is refused at start
  const scheme = schemeOf(use);
  const issuer = context.credentials['clientId'];
  const defaults = { issuer, subject: context.subject ?? issuer, audience: undefined };
  return new TokenSet({
    accessToken: await signJwt(made, { ...defaults, lifetime: LIFETIME }, context),
    tokenType: isOfResponse(scheme) ? undefined : scheme,
    expiresAt: startedAt.wall + (made.lifetime ?? LIFETIME) * 1_000,
    scope: context.scope,
  });
}
