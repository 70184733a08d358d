import { SECRET_ID, SECRET_KEY } from '../declarations/gocardless.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 86_400,
    secrets: [SECRET_KEY],
    login: {
      request: {
        path: '/api/v2/token/new/',
        json: { secret_id: SECRET_ID, secret_key: SECRET_KEY },
      },
      answer: ({ token, refreshToken }) => ({
        body: {
          access: token,
          access_expires: 86_400,
          refresh: refreshToken,
          refresh_expires: 2_592_000,
        },
      }),
    },
    refresh: {
      reusable: true,
      request: ({ refreshToken }) => ({
        path: '/api/v2/token/refresh/',
        json: { refresh: refreshToken },
      }),
      answer: ({ token }) => ({ body: { access: token, access_expires: 86_400 } }),
    },
    refusal: {
      status: 401,
      body: { summary: 'Authentication failed', status_code: 401 },
    },
  });
