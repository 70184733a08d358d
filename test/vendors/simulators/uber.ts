import { CLIENT_ID, CLIENT_SECRET } from '../declarations/uber.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 2_592_000,
    secrets: [CLIENT_SECRET],
    probe: '/v1/business/trips',
    login: {
      request: {
        path: '/oauth/v2/token',
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          scope: 'business.receipts profile',
        },
      },
      answer: (issued) =>
        bearer(issued, { expires_in: 2_592_000, scope: 'business.receipts profile' }),
    },
  });
