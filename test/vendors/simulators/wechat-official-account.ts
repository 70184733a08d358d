import { APP_ID, APP_SECRET } from '../declarations/wechat-official-account.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 7_200,
    secrets: [APP_SECRET],
    probe: '/cgi-bin/user/get',
    login: {
      request: {
        path: '/cgi-bin/stable_token',
        json: { grant_type: 'client_credential', appid: APP_ID, secret: APP_SECRET },
      },
      answer: ({ token }) => ({ body: { access_token: token, expires_in: 7_200 } }),
    },
    refusal: { body: { errcode: 40_125, errmsg: 'invalid appsecret' } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/cgi-bin/user/get',
      query: { access_token: token },
    }),
    expired: { body: { errcode: 42_001, errmsg: 'access_token expired' } },
  });
