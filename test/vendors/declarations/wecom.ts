import { defineProvider } from '../../../lib/index.js';

export const CORP_ID = 'ww1a2b3c4d5e6f7a8b';
export const CORP_SECRET = 'k3Jq-8sVtXwYz_wecom-1B2n4M6p';

export const declare = (server: string) =>
  defineProvider({
    name: 'wecom',
    tokenEndpoint: `${server}/cgi-bin/gettoken`,
    grantType: 'custom',
    method: 'GET',
    parameters: { corpid: CORP_ID, corpsecret: CORP_SECRET },
    response: { success: { errcode: 0 }, error: 'errcode', errorDescription: 'errmsg' },
    use: { queryParameter: 'access_token', rejected: { body: { errcode: [40_014, 42_001] } } },
    baseURL: server,
  });
