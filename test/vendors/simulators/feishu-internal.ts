import { APP_ID, APP_SECRET } from '../declarations/feishu-internal.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 7_200,
    secrets: [APP_SECRET],
    login: {
      request: {
        path: '/open-apis/auth/v3/tenant_access_token/internal',
        json: { app_id: APP_ID, app_secret: APP_SECRET },
      },
      answer: ({ token }) => ({
        body: { code: 0, msg: 'ok', tenant_access_token: token, expire: 7_200 },
      }),
    },
    refusal: { body: { code: 10014, msg: 'app secret invalid' } },
  });
