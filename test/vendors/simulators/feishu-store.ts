import { APP_ID, APP_SECRET, TENANT_KEY, tickets } from '../declarations/feishu-store.js';
import { simulation } from './support.js';

const APP_ACCESS_TOKEN = 'a-6U1SbDiM6XIH2DcTCPy';

export const simulate = () =>
  simulation({
    lifetime: 7_200,
    secrets: [APP_SECRET, tickets.latest, APP_ACCESS_TOKEN],
    steps: [
      {
        request: {
          path: '/open-apis/auth/v3/app_access_token',
          json: { app_id: APP_ID, app_secret: APP_SECRET, app_ticket: tickets.latest },
        },
        answer: () => ({ body: { code: 0, app_access_token: APP_ACCESS_TOKEN, expire: 7_200 } }),
        refuses: true,
      },
    ],
    login: {
      request: {
        path: '/open-apis/auth/v3/tenant_access_token',
        json: { app_access_token: APP_ACCESS_TOKEN, tenant_key: TENANT_KEY },
      },
      answer: ({ token }) => ({
        body: { code: 0, msg: 'ok', tenant_access_token: token, expire: 7_200 },
      }),
    },
    refusal: { body: { code: 10012, msg: 'app_ticket invalid' } },
  });
