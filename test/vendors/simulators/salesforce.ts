import { createPublicKey } from 'node:crypto';

import { jwt } from './jwt.js';
import { CONSUMER_KEY, PRIVATE_KEY, USER } from '../declarations/salesforce.js';
import { bearer, simulation, UUID } from './support.js';

export const simulate = (server: string, now: () => number) =>
  simulation({
    lifetime: 7_200,
    secrets: [PRIVATE_KEY],
    probe: '/services/data/v60.0/limits',
    login: {
      request: {
        path: '/services/oauth2/token',
        form: {
          client_id: CONSUMER_KEY,
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: jwt({
            key: createPublicKey(PRIVATE_KEY),
            algorithm: 'RS256',
            claims: {
              iss: CONSUMER_KEY,
              sub: USER,
              aud: 'https://login.salesforce.com',
              jti: UUID,
            },
            longest: 300,
            now,
          }),
        },
      },
      answer: (issued) =>
        bearer(issued, { instance_url: server, id: `${server}/id/1`, scope: 'api' }),
    },
    refusal: {
      status: 400,
      body: { error: 'invalid_grant', error_description: "user hasn't approved this consumer" },
    },
    expired: {
      status: 401,
      body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }],
    },
  });
