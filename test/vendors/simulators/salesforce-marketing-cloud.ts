import { CLIENT_ID, CLIENT_SECRET } from '../declarations/salesforce-marketing-cloud.js';
import { bearer, type Issued, simulation } from './support.js';

const CLIENT = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };

const granted = (server: string) => (issued: Issued) =>
  bearer(issued, {
    expires_in: 1_079,
    refresh_token: issued.refreshToken,
    scope: 'email_read email_write',
    rest_instance_url: `${server}/`,
    soap_instance_url: `${server}/soap/`,
  });

export const simulate = (server: string) =>
  simulation({
    lifetime: 1_079,
    secrets: [CLIENT_SECRET],
    probe: '/asset/v1/content/assets',
    login: {
      request: { path: '/v2/token', json: { grant_type: 'client_credentials', ...CLIENT } },
      answer: granted(server),
    },
    refresh: {
      request: ({ refreshToken }) => ({
        path: '/v2/token',
        json: { grant_type: 'refresh_token', refresh_token: refreshToken, ...CLIENT },
      }),
      answer: granted(server),
    },
  });
