import { CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN } from '../declarations/zoho.js';
import { bearer, simulation } from './support.js';

export const simulate = (server: string) =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET, REFRESH_TOKEN],
    probe: '/crm/v6/Leads',
    login: {
      request: {
        path: '/oauth/v2/token',
        query: {
          grant_type: 'refresh_token',
          refresh_token: REFRESH_TOKEN,
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_600, api_domain: server }),
    },
    refusal: { body: { error: 'invalid_code' } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/crm/v6/Leads',
      headers: { authorization: `Zoho-oauthtoken ${token}` },
    }),
  });
