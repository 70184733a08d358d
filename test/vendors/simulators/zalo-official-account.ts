import { APP_ID, REFRESH_TOKEN, SECRET_KEY } from '../declarations/zalo-official-account.js';
import { type Issued, simulation } from './support.js';

const renewal = (refresh_token: string) => ({
  path: '/v4/oa/access_token',
  headers: { secret_key: SECRET_KEY },
  form: { app_id: APP_ID, grant_type: 'refresh_token', refresh_token },
});

const granted = ({ token, refreshToken }: Issued) => ({
  body: { access_token: token, refresh_token: refreshToken, expires_in: '90000' },
});

export const simulate = () =>
  simulation({
    lifetime: 90_000,
    secrets: [SECRET_KEY, REFRESH_TOKEN],
    probe: '/v3.0/oa/getoa',
    login: { request: renewal(REFRESH_TOKEN), answer: granted },
    refresh: { request: ({ refreshToken }) => renewal(refreshToken), answer: granted },
    refusal: {
      body: { error: -14_014, error_name: 'Invalid refresh token', error_reason: 'expired' },
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/v3.0/oa/getoa',
      headers: { access_token: token },
    }),
    expired: { body: { error: -216, message: 'Access token is invalid' } },
  });
