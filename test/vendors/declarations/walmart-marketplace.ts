import { defineProvider, values } from '../../../lib/index.js';
import { basic } from '../../../lib/define.js';

export const CLIENT_ID = 'bd5d2e3c-6e4a-4c1f-9f2b-0a7d8c9e1f20';
export const CLIENT_SECRET = 'AKz9wLmT4vQx7RbE2yHnU5sJ8dFgC1pK';

export const declare = (server: string) =>
  defineProvider({
    name: 'walmart-marketplace',
    tokenEndpoint: `${server}/v3/token`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    headers: { 'WM_QOS.CORRELATION_ID': values.uuid, 'WM_SVC.NAME': 'Walmart Marketplace' },
    use: {
      header: 'WM_SEC.ACCESS_TOKEN',
      headers: {
        Authorization: ({ credentials: { clientId = '', clientSecret = '' } }) =>
          basic(clientId, clientSecret),
        'WM_QOS.CORRELATION_ID': values.uuid,
        'WM_SVC.NAME': 'Walmart Marketplace',
      },
    },
    baseURL: server,
  });
