import { CLIENT_ID, CLIENT_SECRET } from '../declarations/shopware.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 600,
    secrets: [CLIENT_SECRET],
    probe: '/api/product',
    login: {
      request: {
        path: '/api/oauth/token',
        json: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 600 }),
    },
    refusal: {
      status: 401,
      body: { errors: [{ code: '4', status: '401', title: 'The client credentials are invalid' }] },
    },
  });
