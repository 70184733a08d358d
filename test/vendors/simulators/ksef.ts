import { constants, privateDecrypt } from 'node:crypto';

import { KSEF_TOKEN, NIP } from '../declarations/ksef.js';
import { VENDOR_PRIVATE_KEY } from '../key-pairs.js';
import { simulation, type Issued, type Match } from './support.js';

const AUTHENTICATION_TOKEN = 'auth-2Kx9Vw5TqZn';
const authenticated = { authorization: `Bearer ${AUTHENTICATION_TOKEN}` };

function decrypted(value: unknown): string {
  const options = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const bytes = Buffer.from(String(value), 'base64');
  return privateDecrypt({ key: VENDOR_PRIVATE_KEY, ...options }, bytes).toString();
}

const accessToken = ({ token, expiresAt }: Issued) => ({
  token,
  validUntil: new Date(expiresAt).toISOString(),
});

export const simulate = (_server: string, now: () => number) => {
  let challengedAt = 0;
  let looks = 0;
  let isReady = false;
  const encryptedToken: Match = (value) => decrypted(value) === `${KSEF_TOKEN}|${challengedAt}`;
  return simulation({
    now,
    lifetime: 900,
    secrets: [KSEF_TOKEN, AUTHENTICATION_TOKEN],
    steps: [
      {
        request: { path: '/v2/auth/challenge' },
        answer: () => {
          challengedAt = now();
          const timestamp = new Date(challengedAt).toISOString();
          return { body: { challenge: 'challenge-1', timestamp } };
        },
      },
      {
        request: {
          path: '/v2/auth/ksef-token',
          json: {
            challenge: 'challenge-1',
            contextIdentifier: { type: 'Nip', value: NIP },
            encryptedToken,
          },
        },
        answer: () => ({
          status: 202,
          body: {
            referenceNumber: 'reference-1',
            authenticationToken: { token: AUTHENTICATION_TOKEN },
          },
        }),
      },
      {
        request: { method: 'GET', path: '/v2/auth/reference-1', headers: authenticated },
        answer: () => {
          isReady = !isReady && ++looks % 2 === 0;
          return { body: { status: { code: isReady ? 200 : 100 } } };
        },
        refuses: true,
      },
    ],
    login: {
      request: () => ({
        path: isReady ? '/v2/auth/token/redeem' : 'nowhere yet',
        headers: authenticated,
      }),
      answer: (issued) => ({
        body: {
          accessToken: accessToken(issued),
          refreshToken: { token: issued.refreshToken },
        },
      }),
    },
    refresh: {
      reusable: true,
      request: ({ refreshToken }) => ({
        path: '/v2/auth/token/refresh',
        headers: { authorization: `Bearer ${refreshToken}` },
      }),
      answer: (issued) => ({ body: { accessToken: accessToken(issued) } }),
    },
    refusal: { body: { status: { code: 450, description: 'Invalid token' } } },
  });
};
