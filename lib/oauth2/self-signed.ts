import type { Instant } from '../util/clock.js';
import { TokenSet } from '../core/token-set.js';
import { notComputed } from './definition-functions.js';
import { signJwt, type JwtOptions } from './jwt.js';
import { situationOf, withNames, type Account } from './protocol.js';
import type { Moment } from './request-definition.js';
import { within } from './request-values.js';
import { isOfResponse, schemeOf } from './token-use.js';

/** The default lifetime in seconds. */
const LIFETIME = 3_600;

/**
 * Makes a token without a token request: a JWT that the API verifies itself.
 *
 * @throws {OAuth2ClientError} `CREDENTIALS_UNAVAILABLE`, naming the member
 */
export async function selfSigned(
  provider: string,
  account: Account,
  moment: Moment,
  startedAt: Instant,
): Promise<TokenSet> {
  const { assertion, use } = account.endpoint;
  const options = assertion as JwtOptions; // anything else is refused at start
  const scheme = schemeOf(use);
  const context = withNames(account.endpoint, { ...situationOf(account), ...moment });
  const { lifetime = LIFETIME } = options;
  const sign = () => {
    const issuer = context.credentials['clientId'];
    const defaults = { issuer, subject: context.subject ?? issuer, audience: undefined, lifetime };
    return signJwt(options, defaults, context);
  };
  try {
    return new TokenSet({
      accessToken: await within('assertion', sign),
      tokenType: isOfResponse(scheme) ? undefined : scheme,
      expiresAt: startedAt.wall + lifetime * 1_000,
      scope: context.scope,
    });
  } catch (error) {
    throw notComputed(provider, error);
  }
}
