import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'p-jcoLKBynTLew';
export const CLIENT_SECRET = 'gko_LXELoV07ZBNUXrvWZfzE3aI';
export const USERNAME = 'acme_bot';
export const PASSWORD = 'Sn00&Snoo+2020';
export const USER_AGENT = 'node:com.example.acme:v1.2.3 (by /u/acme_bot)';

export const declare = (server: string) =>
  defineProvider({
    name: 'reddit',
    tokenEndpoint: `${server}/api/v1/access_token`,
    grantType: 'password',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    username: USERNAME,
    password: PASSWORD,
    headers: { 'User-Agent': USER_AGENT },
    use: { headers: { 'User-Agent': USER_AGENT } },
    baseURL: server,
  });
