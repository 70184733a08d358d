import { defineProvider, values } from '../../../lib/index.js';

export const APP_KEY = 'c2Vf8oppo';
export const MASTER_SECRET = 'e4Rn7WzKxTq5Lb';

export const declare = (server: string) =>
  defineProvider({
    name: 'oppo',
    tokenEndpoint: '/server/v1/auth',
    grantType: 'custom',
    parameters: {
      app_key: APP_KEY,
      timestamp: values.epochMilliseconds,
      sign: values.digest('sha256', APP_KEY, values.epochMilliseconds, MASTER_SECRET),
    },
    response: { accessToken: 'data.auth_token', success: { code: 0 }, error: 'code' },
    defaultLifetime: 86_400,
    baseURL: server,
    use: { header: 'auth_token', rejected: { body: { code: 11 } } },
  });
