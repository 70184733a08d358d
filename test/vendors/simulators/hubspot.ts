import { CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN } from '../declarations/hubspot.js';
import { bearer, simulation } from './support.js';

// The one refresh token that a user's consent has brought stays good: each use of it is a login.
export const simulate = () =>
  simulation({
    lifetime: 1_800,
    secrets: [CLIENT_SECRET, REFRESH_TOKEN],
    login: {
      request: {
        path: '/oauth/v1/token',
        form: {
          grant_type: 'refresh_token',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          refresh_token: REFRESH_TOKEN,
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 1_800, refresh_token: REFRESH_TOKEN }),
    },
    refusal: { status: 400, body: { status: 'BAD_REFRESH_TOKEN', message: 'invalid token' } },
  });
