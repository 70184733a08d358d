import { APP_ID, APP_TOKEN, CLIENT_ID, CLIENT_SECRET } from '../declarations/podio.js';
import { type Issued, simulation } from './support.js';

const CLIENT = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };

const granted = ({ token, refreshToken }: Issued) => ({
  body: {
    access_token: token,
    token_type: 'bearer',
    expires_in: 28_800,
    refresh_token: refreshToken,
  },
});

export const simulate = () =>
  simulation({
    lifetime: 28_800,
    secrets: [APP_TOKEN, CLIENT_SECRET],
    probe: '/app/24681012',
    login: {
      request: {
        path: '/oauth/token',
        form: { grant_type: 'app', app_id: APP_ID, app_token: APP_TOKEN, ...CLIENT },
      },
      answer: granted,
    },
    refresh: {
      request: ({ refreshToken }) => ({
        path: '/oauth/token',
        form: { grant_type: 'refresh_token', refresh_token: refreshToken, ...CLIENT },
      }),
      answer: granted,
    },
    refusal: {
      status: 401,
      body: { error: 'invalid_client', error_description: 'Wrong app token', error_detail: null },
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/app/24681012',
      headers: { authorization: `OAuth2 ${token}` },
    }),
  });
