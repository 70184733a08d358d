import { defineProvider } from '../../../lib/index.js';
import { rsaKey } from '../keys.js';

export const APPLICATION_ID = '78d335fa-323d-0114-9c3d-d6f0d48968cf';
export const PRIVATE_KEY = rsaKey();

export const declare = (server: string) =>
  defineProvider({
    name: 'vonage',
    grantType: 'self_signed_jwt',
    assertion: { key: PRIVATE_KEY, claims: { application_id: APPLICATION_ID } },
    baseURL: server,
  });
