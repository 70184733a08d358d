import {
  CLIENT_ID,
  CLIENT_SECRET,
  MERCHANT,
  SUBSCRIPTION_KEY,
} from '../declarations/vipps-mobilepay.js';
import { bearer, simulation } from './support.js';

const MERCHANT_HEADERS = {
  'ocp-apim-subscription-key': SUBSCRIPTION_KEY,
  'merchant-serial-number': MERCHANT,
};

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET, SUBSCRIPTION_KEY],
    probe: '/epayment/v1/payments/1',
    now,
    login: {
      request: {
        path: '/accesstoken/get',
        headers: { ...MERCHANT_HEADERS, client_id: CLIENT_ID, client_secret: CLIENT_SECRET },
      },
      answer: (issued) =>
        bearer(issued, {
          expires_in: '3600',
          ext_expires_in: '3600',
          expires_on: String(Math.floor(issued.expiresAt / 1_000)),
          resource: '00000002-0000-0000-c000-000000000000',
        }),
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/epayment/v1/payments/1',
      headers: { ...MERCHANT_HEADERS, authorization: `Bearer ${token}` },
    }),
  });
