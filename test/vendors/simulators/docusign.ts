import { INTEGRATION_KEY, USER_ID } from '../declarations/docusign.js';
import { RSA_PRIVATE_KEY, RSA_PUBLIC_KEY } from '../key-pairs.js';
import { jwt } from './jwt.js';
import { bearer, simulation, UUID } from './support.js';

export const simulate = (server: string, now: () => number) => {
  let latest = '';
  return simulation({
    lifetime: 3_600,
    secrets: [RSA_PRIVATE_KEY],
    login: {
      request: {
        path: '/oauth/token',
        form: {
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: jwt({
            now,
            key: RSA_PUBLIC_KEY,
            algorithm: 'RS256',
            claims: {
              iss: INTEGRATION_KEY,
              sub: USER_ID,
              aud: 'account-d.docusign.com',
              scope: 'signature impersonation',
              jti: UUID,
            },
          }),
        },
      },
      answer: (issued) => {
        latest = issued.token;
        return bearer(issued, { expires_in: 3_600 });
      },
    },
    steps: [
      {
        request: () => ({
          method: 'GET',
          path: '/oauth/userinfo',
          headers: { authorization: `Bearer ${latest}` },
        }),
        answer: () => ({
          body: {
            sub: USER_ID,
            accounts: [
              { is_default: false, base_uri: 'https://eu.docusign.example' },
              { is_default: true, base_uri: server },
            ],
          },
        }),
      },
    ],
    refusal: { status: 400, body: { error: 'consent_required' } },
  });
};
