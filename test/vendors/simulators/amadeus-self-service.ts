import { CLIENT_ID, CLIENT_SECRET } from '../declarations/amadeus-self-service.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 1_799,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        path: '/v1/security/oauth2/token',
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 1_799, state: 'approved' }),
    },
  });
