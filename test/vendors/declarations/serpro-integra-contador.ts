import { Agent } from 'node:https';

import { defineProvider, values } from '../../../lib/index.js';

export const CONSUMER_KEY = 'djaR21PGoYp1iyK2n2ACOH9REdUb';
export const CONSUMER_SECRET = 'ObRsAJWOL4fv2Tp27D1vd8fB3Ote';
/** Stands for the company's certificate, which nobody asks for on plain http. */
export const CERTIFICATE = Buffer.from('e-CNPJ');
export const PASSPHRASE = 'e-cnpj-Pass7';

export const declare = (server: string) =>
  defineProvider({
    name: 'serpro-integra-contador',
    tokenEndpoint: `${server}/authenticate`,
    clientId: CONSUMER_KEY,
    clientSecret: CONSUMER_SECRET,
    headers: { 'Role-Type': 'TERCEIROS' },
    use: { headers: { jwt_token: values.extra('jwt_token') } },
    axios: { httpsAgent: new Agent({ pfx: CERTIFICATE, passphrase: PASSPHRASE }) },
    baseURL: server,
  });
