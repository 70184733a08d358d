import { CLIENT_ID, CLIENT_SECRET } from '../declarations/zscaler-oneapi.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET],
    probe: '/zia/api/v1/locations',
    login: {
      request: {
        path: '/oauth2/v1/token',
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          audience: 'https://api.zscaler.com',
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_600 }),
    },
  });
