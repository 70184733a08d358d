import { AUTHORIZATION } from '../declarations/orange.js';
import { bearer, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [AUTHORIZATION],
    login: {
      request: {
        path: '/oauth/v3/token',
        headers: { accept: 'application/json', authorization: AUTHORIZATION },
        form: { grant_type: 'client_credentials' },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_600 }),
    },
    refusal: {
      status: 401,
      body: { error: 'invalid_client', error_description: 'The client id is wrong' },
    },
  });
