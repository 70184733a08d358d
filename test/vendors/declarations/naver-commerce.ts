import { defineProvider, values } from '../../../lib/index.js';
import { base64 } from '../../../lib/define.js';
import { hashSync } from '../bcrypt.js';

export const CLIENT_ID = '5PUmLOVvSRC2Aog0naver';
export const CLIENT_SECRET = '$2a$04$9k3mQz7XwVtRb5LnYs2Huu';

export const declare = (server: string) =>
  defineProvider({
    name: 'naver',
    tokenEndpoint: '/external/v1/oauth2/token',
    clientAuthentication: 'none',
    clientId: CLIENT_ID,
    credentials: { secret: CLIENT_SECRET },
    parameters: {
      timestamp: values.epochMilliseconds,
      client_secret_sign: ({ now, credentials: { secret = '' } }) =>
        base64(hashSync(`${CLIENT_ID}_${now}`, secret)),
      type: 'SELF',
    },
    baseURL: server,
  });
