import { CLIENT_ID, CLIENT_SECRET } from '../declarations/bynder.js';
import { bearer, simulation, type Issued } from './support.js';

const path = '/v6/authentication/oauth2/token';
const client = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };

const answer = (issued: Issued) =>
  bearer(issued, { expires_in: 3_599, refresh_token: issued.refreshToken });

export const simulate = () =>
  simulation({
    lifetime: 3_599,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        path,
        form: { grant_type: 'client_credentials', scope: 'offline asset:read', ...client },
      },
      answer,
    },
    refresh: {
      request: ({ refreshToken }) => ({
        path,
        form: { grant_type: 'refresh_token', refresh_token: refreshToken, ...client },
      }),
      answer,
    },
  });
