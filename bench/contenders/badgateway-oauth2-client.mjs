import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';

export default {
  name: '@badgateway/oauth2-client',
  packages: ['@badgateway/oauth2-client'],
  grants: ['client_credentials', 'password', 'refresh_token'],
  note: 'renews by a timer where it has a refresh token, which holds the process',
  open({ grant, tokenUrl, apiUrl, clientId, clientSecret, username, password, refreshToken }) {
    const client = new OAuth2Client({
      server: tokenUrl,
      tokenEndpoint: tokenUrl,
      clientId,
      clientSecret,
    });
    const logins = {
      client_credentials: () => client.clientCredentials(),
      password: () => client.password({ username, password }),
      refresh_token: () => null,
    };
    const stored = { accessToken: '', refreshToken, expiresAt: 0 };
    const fetchWrapper = new OAuth2Fetch({
      client,
      getNewToken: logins[grant],
      getStoredToken: () => (grant === 'refresh_token' ? stored : null),
    });
    return {
      async get(path) {
        const response = await fetchWrapper.fetch(new URL(path, apiUrl));
        await response.text();
        return response;
      },
    };
  },
};
