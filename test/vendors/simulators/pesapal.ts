import { CONSUMER_KEY, CONSUMER_SECRET } from '../declarations/pesapal.js';
import { simulation } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 240,
    secrets: [CONSUMER_SECRET],
    probe: '/v3/api/Transactions/GetTransactionStatus',
    now,
    login: {
      request: {
        path: '/v3/api/Auth/RequestToken',
        headers: { accept: 'application/json' },
        json: { consumer_key: CONSUMER_KEY, consumer_secret: CONSUMER_SECRET },
      },
      answer: ({ token, expiresAt }) => ({
        body: {
          token,
          expiryDate: new Date(expiresAt).toISOString().replace('Z', '1234Z'),
          error: null,
          status: '200',
          message: 'Request processed successfully',
        },
      }),
    },
    refusal: {
      body: {
        error: {
          error_type: 'api_error',
          code: 'invalid_consumer_key_or_secret_provided',
          message: '',
        },
        status: '500',
      },
    },
  });
