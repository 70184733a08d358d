import { CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME } from '../declarations/zeepay.js';
import { bearer, type Issued, simulation } from './support.js';

const CLIENT = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };

const granted = (issued: Issued) =>
  bearer(issued, { expires_in: 31_536_000, refresh_token: issued.refreshToken });

export const simulate = () =>
  simulation({
    lifetime: 31_536_000,
    secrets: [CLIENT_SECRET, PASSWORD],
    probe: '/api/transactions',
    login: {
      request: {
        path: '/oauth/token',
        form: { grant_type: 'password', username: USERNAME, password: PASSWORD, ...CLIENT },
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
    refusal: { status: 400, body: { error: 400, message: 'The user credentials were incorrect.' } },
  });
