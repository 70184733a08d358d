import { APP_KEY, APP_SECRET, PASSWORD, USERNAME } from '../declarations/bkash.js';
import { simulation, type Issued } from './support.js';

const path = '/v1.2.0-beta/tokenized/checkout/token';
const headers = { username: USERNAME, password: PASSWORD };
const app = { app_key: APP_KEY, app_secret: APP_SECRET };

const answer = ({ token, refreshToken }: Issued) => ({
  body: {
    statusCode: '0000',
    statusMessage: 'Successful',
    id_token: token,
    token_type: 'Bearer',
    expires_in: 3_600,
    refresh_token: refreshToken,
  },
});

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [APP_SECRET, PASSWORD],
    login: { request: { path: `${path}/grant`, headers, json: app }, answer },
    refresh: {
      request: ({ refreshToken }) => ({
        path: `${path}/refresh`,
        headers,
        json: { ...app, refresh_token: refreshToken },
      }),
      answer,
    },
    refusal: { body: { statusCode: '2001', statusMessage: 'Invalid App Key' } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/probe',
      headers: { authorization: token, 'x-app-key': APP_KEY },
    }),
  });
