import { CLIENT_ID, CLIENT_SECRET } from '../declarations/azure-ad-v1.js';
import { bearer, simulation } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  simulation({
    now,
    lifetime: 3_599,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        path: '/acme.example/oauth2/token',
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          resource: 'https://management.azure.com/',
        },
      },
      answer: (issued) =>
        bearer(issued, {
          expires_in: '3599',
          expires_on: String(Math.floor(issued.expiresAt / 1_000)),
          resource: 'https://management.azure.com/',
          refresh_token: '',
        }),
    },
  });
