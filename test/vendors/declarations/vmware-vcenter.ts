import { defineProvider, values } from '../../../lib/index.js';

export const USERNAME = 'administrator@vsphere.local';
export const PASSWORD = 'VMware1!:vc';

export const declare = (server: string) =>
  defineProvider({
    name: 'vmware-vcenter',
    tokenEndpoint: `${server}/api/session`,
    grantType: 'custom',
    encoding: 'none',
    clientAuthentication: 'client_secret_basic_raw',
    clientId: USERNAME,
    clientSecret: PASSWORD,
    response: { accessToken: { body: true } },
    revocation: {
      url: '/api/session',
      method: 'DELETE',
      headers: { 'vmware-api-session-id': values.accessToken },
    },
    revokeReplaced: true,
    use: { header: 'vmware-api-session-id' },
    baseURL: server,
  });
