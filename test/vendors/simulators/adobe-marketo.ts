import { CLIENT_ID, CLIENT_SECRET } from '../declarations/adobe-marketo.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        method: 'GET',
        path: '/identity/oauth/token',
        query: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_599, scope: 'api@acme.example' }),
    },
    refusal: { body: { error: 'unauthorized', error_description: 'No such client' } },
    expired: {
      body: { success: false, errors: [{ code: '602', message: 'Access token expired' }] },
    },
  });
