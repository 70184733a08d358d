import { jwtToken } from './minting.js';
import { PASSWORD, USERNAME } from '../declarations/wordpress-jwt.js';
import { simulation } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 604_800,
    secrets: [PASSWORD],
    probe: '/wp-json/wc/v3/orders',
    now,
    mint: jwtToken,
    login: {
      request: {
        path: '/wp-json/jwt-auth/v1/token',
        json: { username: USERNAME, password: PASSWORD },
      },
      answer: ({ token }) => ({
        body: { token, user_email: 'api@acme.example', user_nicename: 'acme-api' },
      }),
    },
    refusal: {
      status: 403,
      body: {
        code: '[jwt_auth] incorrect_password',
        message: 'The password is wrong',
        data: { status: 403 },
      },
    },
    expired: {
      status: 403,
      body: { code: 'jwt_auth_invalid_token', message: 'Expired token', data: { status: 403 } },
    },
  });
