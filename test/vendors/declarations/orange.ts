import { defineProvider } from '../../../lib/index.js';

/** As the portal shows it. */
export const AUTHORIZATION = 'Basic b3JhbmdlLWFwcDpzM2NyZXQtb2Ytb3Jhbmdl';

export const declare = (server: string) =>
  defineProvider({
    name: 'orange',
    tokenEndpoint: `${server}/oauth/v3/token`,
    clientAuthentication: 'none',
    headers: { Authorization: AUTHORIZATION },
    baseURL: server,
  });
