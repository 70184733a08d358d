import { CLIENT_ID, CLIENT_SECRET } from '../declarations/genesys-cloud.js';
import { basicAuthorization, bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 86_400,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        path: '/oauth/token',
        headers: { authorization: basicAuthorization(CLIENT_ID, CLIENT_SECRET) },
        form: { grant_type: 'client_credentials' },
      },
      answer: (issued) => bearer(issued, { expires_in: 86_400 }),
    },
    refusal: { status: 400, body: { error: 'invalid_client' } },
  });
