import { API_KEY, API_USER, SUBSCRIPTION_KEY } from '../declarations/mtn-momo.js';
import { basicAuthorization, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [API_KEY, SUBSCRIPTION_KEY],
    login: {
      request: {
        path: '/collection/token/',
        headers: {
          authorization: basicAuthorization(API_USER, API_KEY),
          'ocp-apim-subscription-key': SUBSCRIPTION_KEY,
        },
      },
      answer: ({ token }) => ({
        body: { access_token: token, token_type: 'access_token', expires_in: 3_600 },
      }),
    },
    refusal: { status: 401, body: { error: 'login_failed' } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/probe',
      headers: {
        authorization: `Bearer ${token}`,
        'ocp-apim-subscription-key': SUBSCRIPTION_KEY,
        'x-target-environment': 'sandbox',
      },
    }),
  });
