import { CLIENT_ID, CLIENT_SECRET } from '../declarations/ripple-payments.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET],
    probe: '/v4/payments',
    login: {
      request: {
        path: '/acme-bank/oauth/token',
        json: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          audience: 'urn:ripplexcurrent-test:acme-bank',
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_600, scope: 'payments' }),
    },
    refusal: { status: 403, body: { error: 'access_denied', error_description: 'Unauthorized' } },
  });
