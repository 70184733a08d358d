import { constants, privateDecrypt } from 'node:crypto';

import { KSEF_TOKEN, NIP } from '../declarations/ksef.js';
import { VENDOR_PRIVATE_KEY } from '../key-pairs.js';
import { simulation, type Issued, type Match, type Step } from './support.js';

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

/** The requests that lead to a login, which must be asked after twice. */
function loginSteps(now: () => number) {
  const state = { challengedAt: 0, looks: 0, isReady: false };
  const encryptedToken: Match = (value) =>
    decrypted(value) === `${KSEF_TOKEN}|${state.challengedAt}`;
  const challenge: Step = {
    request: { path: '/v2/auth/challenge' },
    answer: () => {
      Object.assign(state, { challengedAt: now(), looks: 0, isReady: false });
      const timestamp = new Date(state.challengedAt).toISOString();
      return { body: { challenge: 'challenge-1', timestamp } };
    },
  };
  const contextIdentifier = { type: 'Nip', value: NIP };
  const login: Step = {
    request: {
      path: '/v2/auth/ksef-token',
      json: { challenge: 'challenge-1', contextIdentifier, encryptedToken },
    },
    answer: () => ({
      status: 202,
      body: {
        referenceNumber: 'reference-1',
        authenticationToken: { token: AUTHENTICATION_TOKEN },
      },
    }),
  };
  const status: Step = {
    request: { method: 'GET', path: '/v2/auth/reference-1', headers: authenticated },
    answer: () => {
      state.isReady = ++state.looks === 2;
      return { body: { status: { code: state.isReady ? 200 : 100 } } };
    },
    refuses: true,
  };
  return { state, steps: [challenge, login, status] };
}

export const simulate = (_server: string, now: () => number) => {
  const { state, steps } = loginSteps(now);
  return simulation({
    ...{ now, steps, lifetime: 900 },
    secrets: [KSEF_TOKEN, AUTHENTICATION_TOKEN],
    login: {
      request: () => ({
        path: state.isReady ? '/v2/auth/token/redeem' : 'nowhere yet',
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
