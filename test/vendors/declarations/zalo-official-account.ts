import { defineProvider } from '../../../lib/index.js';

export const APP_ID = '3141592653589793238';
export const SECRET_KEY = 'zL0k8Qw2Er4Ty6Ui8Op0';
export const REFRESH_TOKEN = 'kQ2VnXw7Lb5Tz8Rm3Hc9Jd';

export const declare = (server: string) =>
  defineProvider({
    name: 'zalo-official-account',
    tokenEndpoint: `${server}/v4/oa/access_token`,
    grantType: 'refresh_token',
    clientAuthentication: 'none',
    refreshToken: REFRESH_TOKEN,
    headers: { secret_key: SECRET_KEY },
    parameters: { app_id: APP_ID },
    use: { header: 'access_token', rejected: { body: { error: -216 } } },
    baseURL: server,
  });
