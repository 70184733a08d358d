import { PASSWORD, USER } from '../declarations/sabre.js';
import { basicAuthorization, bearer, simulation } from './support.js';

const encoded = (text: string) => Buffer.from(text).toString('base64');

export const simulate = () =>
  simulation({
    lifetime: 604_800,
    secrets: [PASSWORD],
    probe: '/v2/geo/locations',
    login: {
      request: {
        path: '/v2/auth/token',
        headers: { authorization: basicAuthorization(encoded(USER), encoded(PASSWORD)) },
        form: { grant_type: 'client_credentials' },
      },
      answer: (issued) => bearer(issued, { expires_in: 604_800 }),
    },
    refusal: {
      status: 401,
      body: {
        error: 'invalid_client',
        error_description: 'Credentials are missing or the syntax is not correct',
      },
    },
  });
