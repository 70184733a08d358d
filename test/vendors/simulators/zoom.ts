import { ACCOUNT, CLIENT_ID, CLIENT_SECRET } from '../declarations/zoom.js';
import { basicAuthorization, bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET],
    probe: '/v2/users/me',
    login: {
      request: {
        path: '/oauth/token',
        headers: { authorization: basicAuthorization(CLIENT_ID, CLIENT_SECRET) },
        form: { grant_type: 'account_credentials', account_id: ACCOUNT },
      },
      answer: (issued) =>
        bearer(issued, {
          expires_in: 3_600,
          scope: 'user:read:admin',
          api_url: 'https://api.zoom.us',
        }),
    },
    refusal: {
      status: 400,
      body: { reason: 'Invalid client_id or client_secret', error: 'invalid_client' },
    },
  });
