import { membersOf } from './answer.js';
import { Secret } from '../util/secret.js';
import type { Credential } from './credential.js';
import type { JwtOptions } from './jwt.js';

/** The assertions of a definition: how they are made, or ready-made ones as credentials. */
export interface JwtCredentials {
  /** The JWT of `private_key_jwt` (RFC 7523 §2.2). */
  readonly clientAssertion?: JwtOptions | Credential | undefined;
  /**
   * The assertion of the JWT bearer grant (RFC 7523 §2.1) or of the SAML bearer grant (RFC 7522 §2.1), or the
   * JWT that is the access token itself.
   */
  readonly assertion?: JwtOptions | Credential | undefined;
}

/** Whether an assertion is to be made and signed here; else it is ready-made, or there is none. */
export function isMadeHere(assertion: unknown): assertion is JwtOptions {
  return typeof assertion === 'object' && assertion !== null && !(assertion instanceof Secret);
}

/** The claims of a JWT, without a check of its signature; `undefined` if it is none. */
export function claimsOf(jwt: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8');
    return membersOf(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

/** What changes each time that a JWT is issued for the same account (RFC 7519 §4.1). */
const OF_ISSUE = ['iat', 'nbf', 'exp', 'jti'];

/**
 * What a ready-made assertion says of the account: the claims that stay the same when it is issued anew. One that
 * is no JWT counts as it is.
 */
export function lastingPart(assertion: string | undefined): unknown {
  const claims = assertion === undefined ? undefined : claimsOf(assertion);
  if (!claims) return assertion;
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !OF_ISSUE.includes(name)));
}
