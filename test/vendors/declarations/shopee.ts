import { defineProvider, values } from '../../../lib/index.js';
import { hmac } from '../../../lib/define.js';

export const PARTNER_ID = 2_001_887;
export const PARTNER_KEY = '6a4e5a4d4b6b7159504c4d6f4f6b6e4c';
export const SHOP_ID = 14_701_711;
export const REFRESH_TOKEN = '4a6b4c6d4e6f50715273547556775879';

export const declare = (server: string) =>
  defineProvider({
    name: 'shopee',
    tokenEndpoint: `${server}/api/v2/auth/access_token/get`,
    grantType: 'refresh_token',
    clientAuthentication: 'none',
    refreshToken: REFRESH_TOKEN,
    credentials: { partnerKey: PARTNER_KEY },
    encoding: 'json',
    refresh: {
      grantType: 'custom',
      parameters: { refresh_token: values.refreshToken, partner_id: PARTNER_ID, shop_id: SHOP_ID },
      sign: ({ url }, { now, credentials: { partnerKey = '' } }) => {
        const timestamp = String(Math.floor(now / 1_000));
        const text = `${PARTNER_ID}${new URL(url).pathname}${timestamp}`;
        const sign = hmac('sha256', partnerKey, text);
        return { query: { partner_id: String(PARTNER_ID), timestamp, sign } };
      },
    },
    response: { expiresIn: 'expire_in' },
    use: {
      queryParameter: 'access_token',
      rejected: { status: [403] },
      sign: ({ url }, { accessToken, now, credentials: { partnerKey = '' } }) => {
        const [partner_id, shop_id] = [String(PARTNER_ID), String(SHOP_ID)];
        const timestamp = String(Math.floor(now / 1_000));
        const text = `${partner_id}${new URL(url).pathname}${timestamp}${accessToken}${shop_id}`;
        return {
          query: { partner_id, shop_id, timestamp, sign: hmac('sha256', partnerKey, text) },
        };
      },
    },
    baseURL: server,
  });
