import { OAuth2Client } from '@hapic/oauth2';
import { Client } from 'hapic';

export default {
  name: '@hapic/oauth2',
  packages: ['@hapic/oauth2', 'hapic'],
  grants: ['client_credentials', 'password', 'refresh_token'],
  byHand: true,
  note: 'cache is written by hand, and naively',
  open({ grant, tokenUrl, apiUrl, clientId, clientSecret, username, password, refreshToken }) {
    const { token } = new OAuth2Client({
      options: { tokenEndpoint: tokenUrl, clientId, clientSecret },
    });
    let accessToken;
    let expiresAt = 0;
    let renewal = grant === 'refresh_token' ? refreshToken : undefined;

    const obtain = () => {
      if (renewal) return token.createWithRefreshToken({ refresh_token: renewal });
      if (grant === 'password') return token.createWithPassword({ username, password });
      return token.createWithClientCredentials();
    };

    const api = new Client({ baseURL: apiUrl });
    api.on('request', async (options) => {
      if (Date.now() >= expiresAt) {
        const tokens = await obtain();
        accessToken = tokens.access_token;
        expiresAt = Date.now() + tokens.expires_in * 1_000;
        renewal = tokens.refresh_token ?? renewal;
      }
      options.headers.set('authorization', `Bearer ${accessToken}`);
      return options;
    });
    return { get: (path) => api.get(path) };
  },
};
