import { createHash, X509Certificate } from 'node:crypto';

import { CLIENT_ID } from '../declarations/entra-id-v2.js';
import { CERTIFICATE, CERTIFIED_KEY, publicKeyOf } from '../key-pairs.js';
import { jwt } from './jwt.js';
import { bearer, simulation, UUID } from './support.js';

const { raw } = new X509Certificate(CERTIFICATE);
const thumbprint = createHash('sha256').update(raw).digest('base64url');

export const simulate = (server: string, now: () => number) => {
  const path = '/acme.example/oauth2/v2.0/token';
  const client_assertion = jwt({
    now,
    key: publicKeyOf(CERTIFIED_KEY),
    algorithm: 'PS256',
    header: { 'x5t#S256': thumbprint },
    claims: { iss: CLIENT_ID, sub: CLIENT_ID, aud: `${server}${path}`, jti: UUID },
    longest: 600,
  });
  return simulation({
    lifetime: 3_599,
    secrets: [CERTIFIED_KEY],
    login: {
      request: {
        path,
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          scope: 'https://graph.microsoft.com/.default',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion,
        },
      },
      answer: (issued) =>
        bearer(issued, { expires_in: 3_599, ext_expires_in: 3_599, refresh_in: 1_800 }),
    },
  });
};
