import { CLIENT_ID, CLIENT_SECRET, ENTERPRISE_ID } from '../declarations/box.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 4_169,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        path: '/oauth2/token',
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          box_subject_type: 'enterprise',
          box_subject_id: ENTERPRISE_ID,
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 4_169, restricted_to: [] }),
    },
    refusal: { status: 400, body: { error: 'invalid_client' } },
  });
