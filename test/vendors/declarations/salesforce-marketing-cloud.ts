import { defineProvider, values } from '../../../lib/index.js';

export const CLIENT_ID = 'y1n3c6k8r4v2b7x9q5z0';
export const CLIENT_SECRET = 'Pq8sLw3ZkR6mXt1VbN4c';

export const declare = (server: string) =>
  defineProvider({
    name: 'salesforce-marketing-cloud',
    tokenEndpoint: `${server}/v2/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    encoding: 'json',
    parameters: { account_id: values.subject },
    refresh: 'standard',
    baseURLFrom: 'rest_instance_url',
    origins: [server],
  });
