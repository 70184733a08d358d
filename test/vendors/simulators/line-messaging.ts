import { CHANNEL_ID, KEY_ID } from '../declarations/line-messaging.js';
import { RSA_PRIVATE_KEY, RSA_PUBLIC_KEY } from '../key-pairs.js';
import { jwt } from './jwt.js';
import { bearer, simulation, UUID } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 2_592_000,
    secrets: [RSA_PRIVATE_KEY],
    login: {
      request: {
        path: '/oauth2/v2.1/token',
        form: {
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: jwt({
            now,
            key: RSA_PUBLIC_KEY,
            algorithm: 'RS256',
            longest: 1_800,
            header: { kid: KEY_ID },
            claims: {
              iss: CHANNEL_ID,
              sub: CHANNEL_ID,
              aud: 'https://api.line.me/',
              token_exp: 2_592_000,
              jti: UUID,
            },
          }),
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 2_592_000, key_id: 'sDTOzw5wIfxx' }),
    },
    refusal: {
      status: 400,
      body: { error: 'invalid_client', error_description: 'Invalid client_assertion' },
    },
  });
