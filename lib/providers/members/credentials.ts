import { CREDENTIAL_FACTS, type CredentialName } from '../../oauth2/credentials.js';
import { certificateProblem, JWT_ALGORITHMS, type JwtOptions } from '../../oauth2/jwt.js';
import { credential, onlyWith, signingKey } from '../checks/credentials.js';
import { every, numberBetween, oneOf, text, type Check } from '../checks/options.js';
import { isRefreshing, ofRenewals } from '../checks/protocol.js';
import { claim, claims, jwtHeader } from '../checks/values.js';
import type { Member } from './member.js';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The standard credentials. Which of them a definition needs follows from its grant and client authentication. */
export const STANDARD_CREDENTIALS = {
  clientId: row('clientId', 'Client identifier (RFC 6749 §2.2).'),
  clientSecret: row('clientSecret', 'Client secret.'),
  username: row('username', 'User name of the `password` grant.', onlyWith('password')),
  password: row('password', 'Password of the `password` grant.', onlyWith('password')),
  refreshToken: row(
    'refreshToken',
    'Refresh token to begin with. The account uses its successors from then on.',
    isRefreshing,
    ofRenewals,
  ),
  subjectToken: row('subjectToken', 'Token to exchange (RFC 8693).', onlyWith(EXCHANGE)),
  actorToken: row('actorToken', 'Token of the acting party (RFC 8693).', onlyWith(EXCHANGE)),
} satisfies Record<CredentialName, Member>;

function row(name: CredentialName, doc: string, ...checks: readonly Check[]): Member {
  const { isSecret, isOfAccount } = CREDENTIAL_FACTS[name];
  return {
    doc,
    check: every(credential, ...checks),
    secret: isSecret ? 'strings' : undefined,
    account: isOfAccount ? 'credential' : undefined,
    sent: true,
  };
}

/** The members of an assertion that is made here. */
export const JWT = {
  key: {
    doc: 'Private key as PEM, JWK or KeyObject; or a function that returns it, called once for each renewal.',
    check: signingKey,
    required: true,
    secret: 'whole',
    sent: false,
  },
  algorithm: {
    doc: 'Signature algorithm (RFC 7518 §3.1). Default: RS256, ES256, ES384, ES512, EdDSA or HS256, depending on the key.',
    check: oneOf(JWT_ALGORITHMS),
  },
  keyId: { doc: 'Header `kid`. Default none.', check: text },
  certificate: {
    doc: 'Certificate as PEM, for the header `x5t#S256` (RFC 7515 §4.1.8). Default none.',
    check: certificateProblem,
    sent: false,
  },
  issuer: { doc: 'Claim `iss`. Default: `clientId`.', check: claim },
  subject: {
    doc: 'Claim `sub`. Default: `clientId`; in an `assertion` the subject of the call, if there is one.',
    check: claim,
  },
  audience: {
    doc: 'Claim `aud`. Default: the URL of the request; none for `self_signed_jwt`.',
    check: claim,
  },
  lifetime: {
    doc: 'Seconds from `iat` to `exp`. Default 60 for `clientAssertion`, 300 for the JWT bearer grant, 3,600 for `self_signed_jwt`.',
    check: numberBetween(1, 315_360_000, 'seconds'),
  },
  claims: {
    doc: 'Further claims, or replacements of those above. `iat`, `exp` and a fresh `jti` are always there.',
    check: claims,
    secret: 'strings',
  },
  header: { doc: 'Further members of the JWT header. Default none.', check: jwtHeader },
} satisfies Record<keyof JwtOptions, Member>;
