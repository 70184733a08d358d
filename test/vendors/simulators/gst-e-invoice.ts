import { constants, privateDecrypt } from 'node:crypto';

import * as app from '../declarations/gst-e-invoice.js';
import { VENDOR_PRIVATE_KEY } from '../key-pairs.js';
import { simulation, type Match } from './support.js';

const HEADERS = {
  'client-id': app.CLIENT_ID,
  'client-secret': app.CLIENT_SECRET,
  gstin: app.GSTIN,
};
const LOGIN = { UserName: app.USERNAME, Password: app.PASSWORD, AppKey: app.APP_KEY };

/** PKCS #1 v1.5, whose padding Node itself does not take off any more. */
const encryptedLogin: Match = (value) => {
  const key = { key: VENDOR_PRIVATE_KEY, padding: constants.RSA_NO_PADDING };
  const block = privateDecrypt(key, Buffer.from(String(value), 'base64'));
  const text = block.subarray(block.indexOf(0, 2) + 1).toString();
  return block[1] === 2 && Buffer.from(text, 'base64').toString() === JSON.stringify(LOGIN);
};

/** As India's clocks show it, without saying so. */
function inIndia(instant: number): string {
  const local = new Date(instant + 5.5 * 3_600_000).toISOString();
  return local.slice(0, 19).replace('T', ' ');
}

const failure = (ErrorCode: string, ErrorMessage: string) => ({
  body: { Status: 0, ErrorDetails: [{ ErrorCode, ErrorMessage }] },
});

export const simulate = (_server: string, now: () => number) =>
  simulation({
    now,
    lifetime: 21_600,
    secrets: [app.CLIENT_SECRET, app.PASSWORD, app.APP_KEY],
    login: {
      request: {
        path: '/eivital/v1.04/auth',
        headers: HEADERS,
        json: { Data: encryptedLogin },
      },
      answer: ({ token, expiresAt }) => ({
        body: {
          Status: 1,
          Data: { AuthToken: token, Sek: 'session-key', TokenExpiry: inIndia(expiresAt) },
        },
      }),
    },
    refusal: failure('3028', 'Invalid credentials'),
    api: ({ token }) => ({
      method: 'GET',
      path: '/probe',
      headers: { ...HEADERS, authtoken: token, user_name: app.USERNAME },
    }),
    expired: failure('1005', 'Invalid Token'),
  });
