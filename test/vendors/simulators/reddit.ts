import {
  CLIENT_ID,
  CLIENT_SECRET,
  PASSWORD,
  USER_AGENT,
  USERNAME,
} from '../declarations/reddit.js';
import { basicAuthorization, bearer, type Issued, simulation } from './support.js';

const ENDPOINT = {
  path: '/api/v1/access_token',
  headers: {
    'user-agent': USER_AGENT,
    authorization: basicAuthorization(CLIENT_ID, CLIENT_SECRET),
  },
};

const granted = (issued: Issued) =>
  bearer(issued, { expires_in: 86_400, scope: '*', refresh_token: issued.refreshToken });

export const simulate = () =>
  simulation({
    lifetime: 86_400,
    secrets: [CLIENT_SECRET, PASSWORD],
    probe: '/api/v1/me',
    login: {
      request: {
        ...ENDPOINT,
        form: { grant_type: 'password', username: USERNAME, password: PASSWORD },
      },
      answer: granted,
    },
    refresh: {
      request: ({ refreshToken }) => ({
        ...ENDPOINT,
        form: { grant_type: 'refresh_token', refresh_token: refreshToken },
      }),
      answer: granted,
    },
    refusal: { body: { error: 'invalid_grant' } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/api/v1/me',
      headers: { 'user-agent': USER_AGENT, authorization: `Bearer ${token}` },
    }),
  });
