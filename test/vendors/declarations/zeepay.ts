import { zeepay } from '../../../lib/index.js';

export const CLIENT_ID = '9b2f4c1e';
export const CLIENT_SECRET = 'Zp&secret+of/zeepay=1';
export const USERNAME = 'ops@acme.example';
export const PASSWORD = 'pass word+&=%';

export const declare = (server: string) =>
  zeepay({
    server,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    username: USERNAME,
    password: PASSWORD,
  });
