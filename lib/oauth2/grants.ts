import type { AttemptPolicy } from '../core/attempts.js';
import type { ClientAuthenticationMethod, RequestPart } from './client-authentication.js';
import { isMadeHere, type CredentialName, type JwtCredentials } from './credentials.js';
import { signJwt } from './jwt.js';
import type { RequestContext } from './request-definition.js';

/** One way to ask for a token, as data. */
export interface Grant {
  /** The members of the definition that its request is made of. */
  readonly needs: readonly (CredentialName | 'assertion')[];
  readonly policy: AttemptPolicy;
  /** Whether a refresh token in the response is used. RFC 6749 §4.4.3 has none for client credentials. */
  readonly refreshable: boolean;
  /** The default client authentication; `undefined`: not even the client identifier is sent. */
  readonly clientAuthentication: ClientAuthenticationMethod | undefined;
  readonly part: (endpoint: JwtCredentials, url: string) => RequestPart;
}

const REPEATABLE: AttemptPolicy = { evaluations: Infinity };

/** A server that counts wrong passwords must not see one twice. */
const CAREFUL: AttemptPolicy = { evaluations: 1 };

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SAML2_BEARER = 'urn:ietf:params:oauth:grant-type:saml2-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** RFC 8693 §3. */
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const credential =
  (name: CredentialName | 'assertion') =>
  ({ credentials }: RequestContext) =>
    credentials[name];

export const grants = {
  // RFC 6749 §4.4
  client_credentials: {
    needs: [],
    policy: REPEATABLE,
    refreshable: false,
    clientAuthentication: 'client_secret_basic',
    part: () => ({ parameters: { grant_type: 'client_credentials' } }),
  },
  // RFC 6749 §4.3
  password: {
    needs: ['username', 'password'],
    policy: CAREFUL,
    refreshable: true,
    clientAuthentication: 'client_secret_basic',
    part: () => ({
      parameters: {
        grant_type: 'password',
        username: credential('username'),
        password: credential('password'),
      },
    }),
  },
  // RFC 6749 §6. It is sent once more if the response was lost, because the token may not have been used.
  refresh_token: {
    needs: ['refreshToken'],
    policy: { evaluations: 2 },
    refreshable: true,
    clientAuthentication: 'client_secret_basic',
    part: () => ({
      parameters: {
        grant_type: 'refresh_token',
        refresh_token: ({ refreshToken }) => refreshToken,
      },
    }),
  },
  // RFC 7523 §2.1, where client authentication is optional.
  [JWT_BEARER]: {
    needs: ['assertion'],
    policy: REPEATABLE,
    refreshable: true,
    clientAuthentication: 'none',
    part: ({ assertion }, url) => ({
      parameters: {
        grant_type: JWT_BEARER,
        assertion: isMadeHere(assertion)
          ? (context) => {
              const issuer = context.credentials['clientId'];
              const subject = context.subject ?? issuer;
              return signJwt(assertion, { issuer, subject, audience: url, lifetime: 300 }, context);
            }
          : credential('assertion'),
      },
    }),
  },
  // RFC 7522 §2.1, where client authentication is optional. The assertion is ready-made.
  [SAML2_BEARER]: {
    needs: ['assertion'],
    policy: REPEATABLE,
    refreshable: true,
    clientAuthentication: 'none',
    part: () => ({
      parameters: { grant_type: SAML2_BEARER, assertion: credential('assertion') },
    }),
  },
  // RFC 8693 §2.1
  [TOKEN_EXCHANGE]: {
    needs: ['subjectToken'],
    policy: REPEATABLE,
    refreshable: true,
    clientAuthentication: 'client_secret_basic',
    part: () => ({
      parameters: {
        grant_type: TOKEN_EXCHANGE,
        subject_token: credential('subjectToken'),
        subject_token_type: ACCESS_TOKEN,
        actor_token: credential('actorToken'),
        actor_token_type: ({ credentials }) =>
          credentials['actorToken'] === undefined ? undefined : ACCESS_TOKEN,
      },
    }),
  },
  // What the vendor's page says: the definition has all of it in `parameters`, `query` and `headers`.
  custom: {
    needs: [],
    policy: CAREFUL,
    refreshable: false,
    clientAuthentication: undefined,
    part: () => ({}),
  },
  // There is no request: the token is a JWT that is signed here.
  self_signed_jwt: {
    needs: ['assertion'],
    policy: REPEATABLE,
    refreshable: false,
    clientAuthentication: undefined,
    part: () => ({}),
  },
} satisfies Record<GrantType, Grant>;

/** How a token is obtained. `custom`: as the definition says, and with client authentication only if it names one. */
export type GrantType =
  | 'client_credentials'
  | 'password'
  | 'refresh_token'
  | 'urn:ietf:params:oauth:grant-type:token-exchange'
  | 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  | 'urn:ietf:params:oauth:grant-type:saml2-bearer'
  | 'custom'
  | 'self_signed_jwt';

/** Whether a login sends something that a server may count, such as a password. */
export function isCarefulLogin({
  grantType = 'client_credentials',
}: {
  readonly grantType?: GrantType | undefined;
}): boolean {
  return grants[grantType].policy === CAREFUL;
}
