import type { AttemptPolicy } from '../core/attempts.js';
import type { CredentialName, Credentials } from './credentials.js';
import type { Parameter } from './token-request.js';

export type GrantType = 'client_credentials' | 'password' | 'refresh_token';

/** One way to ask for a token, as data. */
export interface Grant {
  /** Credentials that its parameters are made of. */
  readonly needs: readonly CredentialName[];
  readonly policy: AttemptPolicy;
  /** Whether a refresh token in the answer means anything (RFC 6749 §4.4.3: not here). */
  readonly refreshable: boolean;
  readonly parameters: (credentials: Credentials) => readonly Parameter[];
}

export const grants: Record<GrantType, Grant> = {
  // RFC 6749 §4.4
  client_credentials: {
    needs: [],
    policy: { attempts: 3, repeat: 'transient' },
    refreshable: false,
    parameters: () => [['grant_type', 'client_credentials']],
  },
  // RFC 6749 §4.3. A server that counts wrong passwords must not see one twice.
  password: {
    needs: ['username', 'password'],
    policy: { attempts: 3, repeat: 'unevaluated' },
    refreshable: true,
    parameters: ({ username, password }) => [
      ['grant_type', 'password'],
      ['username', username!],
      ['password', password!],
    ],
  },
  // RFC 6749 §6. Sent once more where the answer was lost: it may have been spent or not.
  refresh_token: {
    needs: ['refreshToken'],
    policy: { attempts: 2, repeat: 'transient' },
    refreshable: true,
    parameters: ({ refreshToken }) => [
      ['grant_type', 'refresh_token'],
      ['refresh_token', refreshToken!],
    ],
  },
};
