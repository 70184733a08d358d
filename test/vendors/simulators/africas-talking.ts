import { API_KEY, USERNAME } from '../declarations/africas-talking.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [API_KEY],
    login: {
      request: {
        path: '/auth-token/generate',
        headers: { apikey: API_KEY, accept: 'application/json' },
        json: { username: USERNAME },
      },
      answer: ({ token }) => ({
        body: { token, lifetimeInSeconds: 3_600, description: 'Success' },
      }),
    },
    refusal: { body: { token: 'None', description: 'Invalid credentials' } },
    api: ({ token }) => ({ method: 'GET', path: '/probe', headers: { authtoken: token } }),
  });
