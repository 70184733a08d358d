import { CLIENT_EMAIL, PRIVATE_KEY_ID } from '../declarations/google-service-account.js';
import { RSA_PRIVATE_KEY, RSA_PUBLIC_KEY } from '../key-pairs.js';
import { jwt } from './jwt.js';
import { bearer, simulation, UUID } from './support.js';

export const simulate = (server: string, now: () => number) =>
  simulation({
    lifetime: 3_599,
    secrets: [RSA_PRIVATE_KEY],
    login: {
      request: {
        path: '/token',
        form: {
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: jwt({
            now,
            key: RSA_PUBLIC_KEY,
            algorithm: 'RS256',
            header: { kid: PRIVATE_KEY_ID },
            claims: {
              iss: CLIENT_EMAIL,
              sub: 'admin@acme.example',
              aud: `${server}/token`,
              scope: 'https://www.googleapis.com/auth/calendar',
              jti: UUID,
            },
          }),
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_599 }),
    },
    refusal: { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT' } },
  });
