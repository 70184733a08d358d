import { CLIENT_ID, CLIENT_SECRET } from '../declarations/huawei-push-kit.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        path: '/oauth2/v3/token',
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_600 }),
    },
    refusal: { status: 400, body: { error: 1101, sub_error: 20002 } },
    served: { body: { code: '80000000', msg: 'Success' } },
    expired: { body: { code: '80200003', msg: 'OAuth token expired.' } },
  });
