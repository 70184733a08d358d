import { CLIENT_ID, CLIENT_SECRET } from '../declarations/personio.js';
import { simulation } from './support.js';

const PARTNER = { 'x-personio-partner-id': 'ACME', 'x-personio-app-id': 'acme-hr' };

export const simulate = () =>
  simulation({
    lifetime: 86_400,
    secrets: [CLIENT_SECRET],
    probe: '/v1/company/employees',
    singleUse: true,
    login: {
      request: {
        path: '/v1/auth',
        headers: PARTNER,
        query: { client_id: CLIENT_ID, client_secret: CLIENT_SECRET },
      },
      answer: ({ token }) => ({ body: { success: true, data: { token } } }),
    },
    refusal: { body: { success: false, error: { code: 0, message: 'Wrong credentials' } } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/v1/company/employees',
      headers: { ...PARTNER, authorization: `Bearer ${token}` },
    }),
    // The token for the next request.
    served: {
      headers: { authorization: 'Bearer rotated-once-more' },
      body: { success: true, data: [] },
    },
  });
