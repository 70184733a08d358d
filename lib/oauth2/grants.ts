import type { AttemptPolicy } from '../core/attempts.js';
import type { ClientAuthenticationMethod, RequestPart } from './client-authentication.js';
import type { CredentialName } from './credentials.js';
import { signJwt, type JwtCredentials } from './jwt.js';
import { values } from './values.js';

/** One way to ask for a token, as data. */
export interface Grant {
  /** Members of the definition that its request is made of. */
  readonly needs: readonly (CredentialName | 'assertion')[];
  readonly policy: AttemptPolicy;
  /** Whether a refresh token in the answer means anything (RFC 6749 §4.4.3: not to a client). */
  readonly refreshable: boolean;
  /** Where the definition does not say; `undefined`: not even the client identifier is sent. */
  readonly clientAuthentication: ClientAuthenticationMethod | undefined;
  readonly part: (endpoint: JwtCredentials, url: string) => RequestPart;
}

const REPEATABLE: AttemptPolicy = { evaluations: Infinity };

/** A server that counts wrong passwords must not see one twice. */
const CAREFUL: AttemptPolicy = { evaluations: 1 };

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** RFC 8693 §3. */
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

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
        username: values.credential('username'),
        password: values.credential('password'),
      },
    }),
  },
  // RFC 6749 §6. Sent once more where the response was lost: the token may or may not have been used.
  refresh_token: {
    needs: ['refreshToken'],
    policy: { evaluations: 2 },
    refreshable: true,
    clientAuthentication: 'client_secret_basic',
    part: () => ({
      parameters: { grant_type: 'refresh_token', refresh_token: values.refreshToken },
    }),
  },
  // RFC 7523 §2.1; client authentication is optional there.
  [JWT_BEARER]: {
    needs: ['assertion'],
    policy: REPEATABLE,
    refreshable: true,
    clientAuthentication: 'none',
    part: ({ assertion }, url) => ({
      parameters: {
        grant_type: JWT_BEARER,
        assertion: (context) => {
          const issuer = context.credentials['clientId'];
          const subject = context.subject ?? issuer;
          return signJwt(assertion!, { issuer, subject, audience: url, lifetime: 300 }, context);
        },
      },
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
        subject_token: values.credential('subjectToken'),
        subject_token_type: ACCESS_TOKEN,
        actor_token: values.credential('actorToken'),
        actor_token_type: ({ credentials }) =>
          credentials['actorToken'] === undefined ? undefined : ACCESS_TOKEN,
      },
    }),
  },
  // Whatever the vendor's own page says: `parameters`, `query` and `headers` are all there is.
  custom: {
    needs: [],
    policy: CAREFUL,
    refreshable: false,
    clientAuthentication: undefined,
    part: () => ({}),
  },
  // No request at all: the token is a JWT that is signed here.
  self_signed_jwt: {
    needs: ['assertion'],
    policy: REPEATABLE,
    refreshable: false,
    clientAuthentication: undefined,
    part: () => ({}),
  },
} satisfies Record<string, Grant>;

/** How a token is asked for. `custom`: as the definition says, with no more than the client authentication that it names. */
export type GrantType = keyof typeof grants;

/** Whether a login sends what a server may count, such as a password. */
export function isCarefulLogin({
  grantType = 'client_credentials',
}: {
  readonly grantType?: GrantType | undefined;
}): boolean {
  return grants[grantType].policy === CAREFUL;
}
