import { createHmac } from 'node:crypto';
import { PARTNER_ID, PARTNER_KEY, REFRESH_TOKEN, SHOP_ID } from '../declarations/shopee.js';
import { type Issued, type Match, simulation } from './support.js';

const signed =
  (more: string): Match =>
  (value, { path, query }) => {
    const text = `${PARTNER_ID}${path}${query.get('timestamp')}${more}`;
    return value === createHmac('sha256', PARTNER_KEY).update(text).digest('hex');
  };

const renewal = (refresh_token: string) => ({
  path: '/api/v2/auth/access_token/get',
  query: { partner_id: PARTNER_ID, timestamp: /^\d{10}$/, sign: signed('') },
  json: { refresh_token, partner_id: PARTNER_ID, shop_id: SHOP_ID },
});

const granted = ({ token, refreshToken }: Issued) => ({
  body: {
    error: '',
    message: '',
    access_token: token,
    refresh_token: refreshToken,
    expire_in: 14_400,
  },
});

export const simulate = () =>
  simulation({
    lifetime: 14_400,
    secrets: [PARTNER_KEY, REFRESH_TOKEN],
    probe: '/api/v2/shop/get_shop_info',
    login: { request: renewal(REFRESH_TOKEN), answer: granted },
    refresh: { request: ({ refreshToken }) => renewal(refreshToken), answer: granted },
    refusal: { body: { error: 'error_auth', message: 'Invalid refresh_token.', request_id: 'r1' } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/api/v2/shop/get_shop_info',
      query: {
        partner_id: PARTNER_ID,
        shop_id: SHOP_ID,
        timestamp: /^\d{10}$/,
        access_token: token,
        sign: signed(`${token}${SHOP_ID}`),
      },
    }),
    expired: {
      status: 403,
      body: { error: 'error_auth', message: 'Invalid access_token.', request_id: 'r2' },
    },
  });
