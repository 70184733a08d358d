import { CHILD_KEY, CHILD_SECRET, CLIENT_ID, CLIENT_SECRET } from '../declarations/fedex.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET, CHILD_SECRET],
    login: {
      request: {
        path: '/oauth/token',
        form: {
          grant_type: 'csp_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          child_Key: CHILD_KEY,
          child_secret: CHILD_SECRET,
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_600, scope: 'CXS-TP' }),
    },
    refusal: { status: 401, body: { errors: [{ code: 'NOT.AUTHORIZED.ERROR' }] } },
  });
