import { CLIENT_ID, KEY_ID } from '../declarations/okta.js';
import { RSA_PRIVATE_KEY, RSA_PUBLIC_KEY } from '../key-pairs.js';
import { jwt } from './jwt.js';
import { bearer, simulation, UUID } from './support.js';

export const simulate = (server: string, now: () => number) => {
  const path = '/oauth2/v1/token';
  const scope = 'okta.users.read okta.groups.read';
  const client_assertion = jwt({
    now,
    key: RSA_PUBLIC_KEY,
    algorithm: 'RS256',
    header: { kid: KEY_ID },
    claims: { iss: CLIENT_ID, sub: CLIENT_ID, aud: `${server}${path}`, jti: UUID },
  });
  return simulation({
    lifetime: 3_600,
    secrets: [RSA_PRIVATE_KEY],
    login: {
      request: {
        path,
        headers: { accept: 'application/json' },
        form: {
          grant_type: 'client_credentials',
          scope,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion,
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_600, scope }),
    },
  });
};
