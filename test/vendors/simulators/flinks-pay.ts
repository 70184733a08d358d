import { PASSWORD, USERNAME } from '../declarations/flinks-pay.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 299,
    singleUse: true,
    secrets: [PASSWORD],
    login: {
      request: {
        path: '/api/v1/authorize',
        form: { grant_type: 'client_credentials', Username: USERNAME, Password: PASSWORD },
      },
      answer: (issued) => bearer(issued, { expires_in: 299 }),
    },
  });
