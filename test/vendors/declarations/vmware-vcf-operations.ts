import { defineProvider } from '../../../lib/index.js';

export const USERNAME = 'integration';
export const PASSWORD = 'VMware1!:ops';

export const declare = (server: string) =>
  defineProvider({
    name: 'vmware-vcf-operations',
    tokenEndpoint: `${server}/suite-api/api/auth/token/acquire`,
    grantType: 'custom',
    encoding: 'json',
    parameters: { username: USERNAME, password: PASSWORD, authSource: 'local' },
    response: { accessToken: 'token', expiresIn: 'validity' },
    lifetimeFormat: 'epoch_milliseconds',
    use: { scheme: 'OpsToken' },
    baseURL: server,
  });
