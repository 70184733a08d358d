import { CLIENT_ID, CLIENT_SECRET } from '../declarations/auth0.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 86_400,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        path: '/oauth/token',
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          audience: 'https://api.acme.example/',
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 86_400, scope: 'read:orders' }),
    },
    refusal: { status: 401, body: { error: 'access_denied', error_description: 'Unauthorized' } },
  });
