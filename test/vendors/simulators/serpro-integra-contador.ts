import {
  CONSUMER_KEY,
  CONSUMER_SECRET,
  PASSPHRASE,
} from '../declarations/serpro-integra-contador.js';
import { basicAuthorization, bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 2_008,
    secrets: [CONSUMER_SECRET, PASSPHRASE],
    probe: '/integra-contador/v1/Consultar',
    login: {
      request: {
        path: '/authenticate',
        headers: {
          authorization: basicAuthorization(CONSUMER_KEY, CONSUMER_SECRET),
          'role-type': 'TERCEIROS',
        },
        form: { grant_type: 'client_credentials' },
      },
      answer: (issued) =>
        bearer(issued, {
          expires_in: 2_008,
          scope: 'default',
          jwt_token: `jwt-of-${issued.token}`,
        }),
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/integra-contador/v1/Consultar',
      headers: { authorization: `Bearer ${token}`, jwt_token: `jwt-of-${token}` },
    }),
  });
