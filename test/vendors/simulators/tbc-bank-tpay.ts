import { API_KEY, CLIENT_ID, CLIENT_SECRET } from '../declarations/tbc-bank-tpay.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 86_400,
    secrets: [API_KEY, CLIENT_SECRET],
    probe: '/v2/tpay/payments/1',
    login: {
      request: {
        path: '/v2/tpay/access-token',
        headers: { apikey: API_KEY },
        form: { client_id: CLIENT_ID, client_secret: CLIENT_SECRET },
      },
      answer: (issued) => bearer(issued, { expires_in: 86_400 }),
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/v2/tpay/payments/1',
      headers: { apikey: API_KEY, authorization: `Bearer ${token}` },
    }),
  });
