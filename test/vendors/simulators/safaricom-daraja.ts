import { CONSUMER_KEY, CONSUMER_SECRET } from '../declarations/safaricom-daraja.js';
import { basicAuthorization, simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 3_599,
    secrets: [CONSUMER_SECRET],
    probe: '/mpesa/transactionstatus/v1/query',
    login: {
      request: {
        method: 'GET',
        path: '/oauth/v1/generate',
        headers: { authorization: basicAuthorization(CONSUMER_KEY, CONSUMER_SECRET) },
        query: { grant_type: 'client_credentials' },
      },
      answer: ({ token }) => ({ body: { access_token: token, expires_in: '3599' } }),
    },
    refusal: {
      status: 400,
      body: {
        requestId: '1',
        errorCode: '400.008.01',
        errorMessage: 'Invalid Authentication passed',
      },
    },
  });
