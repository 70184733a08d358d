import { CLIENT_ID, CLIENT_SECRET, SHOP } from '../declarations/youzan.js';
import { type Issued, simulation } from './support.js';

const CLIENT = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };

const granted = ({ token, refreshToken, expiresAt }: Issued) => ({
  body: {
    success: true,
    code: 200,
    message: null,
    data: { access_token: token, expires: expiresAt, refresh_token: refreshToken, scope: 'shop' },
  },
});

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 604_800,
    secrets: [CLIENT_SECRET],
    probe: '/api/youzan.shop.get/3.0.0',
    now,
    login: {
      request: {
        path: '/auth/token',
        json: { authorize_type: 'silent', grant_id: SHOP, ...CLIENT },
      },
      answer: granted,
    },
    refresh: {
      request: ({ refreshToken }) => ({
        path: '/auth/token',
        json: { authorize_type: 'refresh_token', refresh_token: refreshToken, ...CLIENT },
      }),
      answer: granted,
    },
    refusal: { body: { success: false, code: 40_009, message: 'client is unknown', data: null } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/api/youzan.shop.get/3.0.0',
      query: { access_token: token },
    }),
  });
