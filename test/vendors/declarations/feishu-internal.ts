import { defineProvider } from '../../../lib/index.js';

export const APP_ID = 'cli_a1b2feishu';
export const APP_SECRET = 'dskLLdkasdjlasdK7Rn';

export const declare = (server: string) =>
  defineProvider({
    name: 'feishu',
    tokenEndpoint: '/open-apis/auth/v3/tenant_access_token/internal',
    grantType: 'custom',
    encoding: 'json',
    parameters: { app_id: APP_ID, app_secret: APP_SECRET },
    response: {
      accessToken: 'tenant_access_token',
      expiresIn: 'expire',
      success: { code: 0 },
      error: 'code',
      errorDescription: 'msg',
    },
    baseURL: server,
  });
