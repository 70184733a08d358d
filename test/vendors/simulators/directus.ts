import { EMAIL, PASSWORD } from '../declarations/directus.js';
import { simulation, type Issued } from './support.js';

const answer = ({ token, refreshToken }: Issued) => ({
  body: { data: { access_token: token, expires: 900_000, refresh_token: refreshToken } },
});

export const simulate = () =>
  simulation({
    lifetime: 900,
    secrets: [PASSWORD],
    login: {
      request: { path: '/auth/login', json: { email: EMAIL, password: PASSWORD } },
      answer,
    },
    refresh: {
      request: ({ refreshToken }) => ({
        path: '/auth/refresh',
        json: { refresh_token: refreshToken, mode: 'json' },
      }),
      answer,
    },
    refusal: { status: 401, body: { errors: [{ message: 'Invalid user credentials.' }] } },
    expired: { status: 401, body: { errors: [{ message: 'Token expired.' }] } },
  });
