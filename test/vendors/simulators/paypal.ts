import { CLIENT_ID, CLIENT_SECRET } from '../declarations/paypal.js';
import { basicAuthorization, bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 32_400,
    secrets: [CLIENT_SECRET],
    probe: '/v2/checkout/orders/5O190127TN364715T',
    login: {
      request: {
        path: '/v1/oauth2/token',
        headers: { authorization: basicAuthorization(CLIENT_ID, CLIENT_SECRET) },
        form: { grant_type: 'client_credentials' },
      },
      answer: (issued) =>
        bearer(issued, {
          expires_in: 32_400,
          scope: 'https://uri.paypal.com/services/invoicing',
          app_id: 'APP-80W284485P519543T',
          nonce: '2026-01-01T00:00:00Zabc',
        }),
    },
  });
