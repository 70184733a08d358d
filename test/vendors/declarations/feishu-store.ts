import { defineProvider, values } from '../../../lib/index.js';

export const APP_ID = 'cli_c3d4feishu';
export const APP_SECRET = 'wTn5ZqLk8VbXs2Rm';
export const TENANT_KEY = '73658811060f175d';

/** What the webhook of the app has received last. */
export const tickets = { latest: 'g1-ticket-4Hj7Kw9Tz' };

export const declare = (server: string) =>
  defineProvider({
    name: 'feishu-store',
    tokenEndpoint: '/open-apis/auth/v3/tenant_access_token',
    grantType: 'custom',
    encoding: 'json',
    credentials: { ticket: () => tickets.latest },
    before: {
      app: {
        url: '/open-apis/auth/v3/app_access_token',
        encoding: 'json',
        parameters: {
          app_id: APP_ID,
          app_secret: APP_SECRET,
          app_ticket: values.credential('ticket'),
        },
        response: { success: { code: 0 } },
      },
    },
    parameters: {
      app_access_token: values.response('app', 'app_access_token'),
      tenant_key: TENANT_KEY,
    },
    response: {
      accessToken: 'tenant_access_token',
      expiresIn: 'expire',
      success: { code: 0 },
      error: 'code',
      errorDescription: 'msg',
    },
    baseURL: server,
  });
