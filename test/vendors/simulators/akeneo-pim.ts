import { CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME } from '../declarations/akeneo-pim.js';
import { basicAuthorization, bearer, simulation, type Issued } from './support.js';

const path = '/api/oauth/v1/token';
const headers = { authorization: basicAuthorization(CLIENT_ID, CLIENT_SECRET) };

const answer = (issued: Issued) =>
  bearer(issued, { expires_in: 3_600, scope: null, refresh_token: issued.refreshToken });

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET, PASSWORD],
    login: {
      request: {
        path,
        headers,
        json: { grant_type: 'password', username: USERNAME, password: PASSWORD },
      },
      answer,
    },
    refresh: {
      request: ({ refreshToken }) => ({
        path,
        headers,
        json: { grant_type: 'refresh_token', refresh_token: refreshToken },
      }),
      answer,
    },
    refusal: { status: 422, body: { code: 422, message: 'No user found for these credentials' } },
  });
