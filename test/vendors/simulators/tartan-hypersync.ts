import { PASSWORD, USERNAME } from '../declarations/tartan-hypersync.js';
import { type Issued, simulation } from './support.js';

const granted = ({ token, refreshToken }: Issued) => ({
  body: {
    access_token: token,
    token_type: 'bearer',
    expires_in: 3_600,
    refresh_token: refreshToken,
  },
});

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [PASSWORD],
    probe: '/api/external/employees',
    login: {
      request: {
        path: '/api/external/oauth/token',
        multipart: { grant_type: 'password', username: USERNAME, password: PASSWORD },
      },
      answer: granted,
    },
    refresh: {
      request: ({ refreshToken }) => ({
        path: '/api/external/oauth/token',
        multipart: { grant_type: 'refresh_token', refresh_token: refreshToken },
      }),
      answer: granted,
    },
    refusal: {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Bad credentials' },
    },
  });
