import { defineProvider } from '../../../lib/index.js';
import { rsaKey } from '../keys.js';

export const CONSUMER_KEY = '3MVG9lKcPoNINVBIPJjdw1J9LLM82HnFVVX19KY1uA5mu0QqEWhqKpoW3svG3X';
export const PRIVATE_KEY = rsaKey();
export const USER = 'integration@acme.example';

export const declare = (server: string) =>
  defineProvider({
    name: 'salesforce',
    tokenEndpoint: `${server}/services/oauth2/token`,
    grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    clientId: CONSUMER_KEY,
    assertion: { key: PRIVATE_KEY, audience: 'https://login.salesforce.com', subject: USER },
    defaultLifetime: 7_200,
    baseURLFrom: 'instance_url',
    origins: [server],
  });
