import { defineProvider } from '../../../lib/index.js';

export const CONSUMER_KEY = 'qkio1BGGYAXTu2JOfm7XSXNruoZsrqEW';
export const CONSUMER_SECRET = 'osGQ364R49cXKeOYSpaOnT++rHs=';

export const declare = (server: string) =>
  defineProvider({
    name: 'pesapal',
    tokenEndpoint: `${server}/v3/api/Auth/RequestToken`,
    grantType: 'custom',
    encoding: 'json',
    parameters: { consumer_key: CONSUMER_KEY, consumer_secret: CONSUMER_SECRET },
    response: {
      accessToken: 'token',
      expiresIn: 'expiryDate',
      success: { status: 200 },
      error: 'error.code',
      errorDescription: 'error.message',
      errors: { invalid_consumer_key_or_secret_provided: 'credentials' },
    },
    lifetimeFormat: 'date',
    baseURL: server,
  });
