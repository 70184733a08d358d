import { defineProvider } from '../../../lib/index.js';

export const APP_ID = 'wx2a1b3c4d5e6f7a8b';
export const APP_SECRET = '9f8e7d6c5b4a39281706f5e4d3c2b1a0';

export const declare = (server: string) =>
  defineProvider({
    name: 'wechat-official-account',
    tokenEndpoint: `${server}/cgi-bin/stable_token`,
    grantType: 'custom',
    encoding: 'json',
    parameters: { grant_type: 'client_credential', appid: APP_ID, secret: APP_SECRET },
    response: { success: { errcode: 0 }, error: 'errcode', errorDescription: 'errmsg' },
    use: { queryParameter: 'access_token', rejected: { body: { errcode: [40_001, 42_001] } } },
    baseURL: server,
  });
