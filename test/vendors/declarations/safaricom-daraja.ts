import { defineProvider } from '../../../lib/index.js';

export const CONSUMER_KEY = 'cIQsvVUQrGB9XGz1gGf0uQ8nWZlPeZlA';
export const CONSUMER_SECRET = 'ARfOmB6u7sW4hYtq';

export const declare = (server: string) =>
  defineProvider({
    name: 'safaricom-daraja',
    tokenEndpoint: `${server}/oauth/v1/generate`,
    clientId: CONSUMER_KEY,
    clientSecret: CONSUMER_SECRET,
    method: 'GET',
    baseURL: server,
  });
