import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'ly1nj6n11vionaie';
export const CLIENT_SECRET = 'hV9sTz4WqLk2RdBx';
export const ENTERPRISE_ID = '811937';

export const declare = (server: string) =>
  defineProvider({
    name: 'box',
    tokenEndpoint: '/oauth2/token',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    parameters: { box_subject_type: 'enterprise', box_subject_id: ENTERPRISE_ID },
    baseURL: server,
  });
