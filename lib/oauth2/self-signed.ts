import type { Instant } from '../core/clock.js';
import { TokenSet } from '../core/token-set.js';
import { signJwt } from './jwt.js';
import type { RequestContext } from './request-definition.js';
import type { TokenEndpoint } from './token-endpoint.js';
import { schemeOf } from './token-use.js';

/** Seconds that a JWT lives which is the access token itself. */
const LIFETIME = 3_600;

/** A token that no server is asked for: a JWT that the API itself verifies. */
export async function selfSigned(
  { assertion, use }: TokenEndpoint,
  context: RequestContext,
  startedAt: Instant,
): Promise<TokenSet> {
  const issuer = context.credentials['clientId'];
  const defaults = { issuer, subject: context.subject ?? issuer, audience: undefined };
  return new TokenSet({
    accessToken: await signJwt(assertion!, { ...defaults, lifetime: LIFETIME }, context),
    tokenType: schemeOf(use),
    expiresAt: startedAt.wall + (assertion!.lifetime ?? LIFETIME) * 1_000,
    scope: context.scope,
  });
}
