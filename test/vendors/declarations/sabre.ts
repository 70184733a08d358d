import { defineProvider } from '../../../lib/index.js';
import { base64, basic } from '../../../lib/define.js';

export const USER = 'V1:7971:A7G1:AA';
export const PASSWORD = 'WS082917:ö!';

export const declare = (server: string) =>
  defineProvider({
    name: 'sabre',
    tokenEndpoint: `${server}/v2/auth/token`,
    clientAuthentication: 'none',
    headers: { Authorization: basic(base64(USER), base64(PASSWORD)) },
    baseURL: server,
  });
