import { CORP_ID, CORP_SECRET } from '../declarations/wecom.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 7_200,
    secrets: [CORP_SECRET],
    probe: '/cgi-bin/user/list',
    login: {
      request: {
        method: 'GET',
        path: '/cgi-bin/gettoken',
        query: { corpid: CORP_ID, corpsecret: CORP_SECRET },
      },
      answer: ({ token }) => ({
        body: { errcode: 0, errmsg: 'ok', access_token: token, expires_in: 7_200 },
      }),
    },
    refusal: { body: { errcode: 40_001, errmsg: 'invalid credential' } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/cgi-bin/user/list',
      query: { access_token: token },
    }),
    served: { body: { errcode: 0, errmsg: 'ok', userlist: [] } },
    expired: { body: { errcode: 42_001, errmsg: 'access_token expired' } },
  });
