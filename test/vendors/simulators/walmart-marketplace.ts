import { CLIENT_ID, CLIENT_SECRET } from '../declarations/walmart-marketplace.js';
import { basicAuthorization, bearer, simulation, UUID } from './support.js';

const COMMON = {
  authorization: basicAuthorization(CLIENT_ID, CLIENT_SECRET),
  'wm_qos.correlation_id': UUID,
  'wm_svc.name': 'Walmart Marketplace',
};

export const simulate = () =>
  simulation({
    lifetime: 900,
    secrets: [CLIENT_SECRET],
    probe: '/v3/orders',
    login: {
      request: {
        path: '/v3/token',
        headers: { ...COMMON, accept: 'application/json' },
        form: { grant_type: 'client_credentials' },
      },
      answer: (issued) => bearer(issued, { expires_in: 900 }),
    },
    refusal: {
      status: 401,
      body: { error: [{ code: 'UNAUTHORIZED.GMP_GATEWAY_API', severity: 'ERROR' }] },
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/v3/orders',
      headers: { ...COMMON, 'wm_sec.access_token': token },
    }),
  });
