import { APP_KEY, APP_SECRET } from '../declarations/dingtalk.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 7_200,
    secrets: [APP_SECRET],
    login: {
      request: {
        method: 'GET',
        path: '/gettoken',
        headers: { accept: /application\/json/ },
        query: { appkey: APP_KEY, appsecret: APP_SECRET },
      },
      answer: ({ token }) => ({
        body: { errcode: 0, errmsg: 'ok', access_token: token, expires_in: 7_200 },
      }),
    },
    refusal: { body: { errcode: 40089, errmsg: 'invalid appkey or appsecret' } },
    api: ({ token }) => ({ method: 'GET', path: '/probe', query: { access_token: token } }),
    served: { body: { errcode: 0, errmsg: 'ok' } },
    expired: { body: { errcode: 42001, errmsg: 'access_token expired' } },
  });
