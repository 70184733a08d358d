import { publicEncrypt } from 'node:crypto';

import { defineProvider } from '../../../lib/index.js';
import { base64, type VendorResponse } from '../../../lib/define.js';
import { VENDOR_PUBLIC_KEY } from '../key-pairs.js';

export const CLIENT_ID = 'AAACM33TXP4T4MN';
export const CLIENT_SECRET = 'x5Kq9ZtWn2VbLs7R';
export const GSTIN = '29AAACM1234F1Z5';
export const USERNAME = 'acme_api';
export const PASSWORD = 'pH8wJc3XrTm6';
/** 32 random bytes in base64, with which the app reads the session key in the answer. */
export const APP_KEY = 'q0Vv3l1mT9b8cXzN5sKdR7wYfGhJ2uPe4aQiLoMxZ6E=';

const HEADERS = { 'client-id': CLIENT_ID, 'client-secret': CLIENT_SECRET, gstin: GSTIN };

function encryptedLogin(): string {
  const login = base64(JSON.stringify({ UserName: USERNAME, Password: PASSWORD, AppKey: APP_KEY }));
  const padding = 1; // PKCS #1 v1.5
  return publicEncrypt({ key: VENDOR_PUBLIC_KEY, padding }, Buffer.from(login)).toString('base64');
}

/** India's time, which the answer does not say it is. */
function expiry({ body }: VendorResponse): string {
  return `${(body as { Data: { TokenExpiry: string } }).Data.TokenExpiry}+05:30`;
}

export const declare = (server: string) =>
  defineProvider({
    name: 'gst',
    tokenEndpoint: '/eivital/v1.04/auth',
    grantType: 'custom',
    encoding: 'json',
    headers: HEADERS,
    parameters: { Data: () => encryptedLogin() },
    response: {
      accessToken: 'Data.AuthToken',
      expiresIn: (answer) => expiry(answer),
      success: { Status: 1 },
      error: 'ErrorDetails.0.ErrorCode',
      errorDescription: 'ErrorDetails.0.ErrorMessage',
    },
    lifetimeFormat: 'date',
    baseURL: server,
    use: {
      header: 'AuthToken',
      headers: { ...HEADERS, user_name: USERNAME },
      rejected: { body: { 'ErrorDetails.0.ErrorCode': 1005 } },
    },
  });
