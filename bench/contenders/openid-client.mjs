import * as client from 'openid-client';

/** Seconds before the end of a token from which on it is not used any more. */
const SKEW = 30;

export default {
  name: 'openid-client',
  packages: ['openid-client'],
  grants: ['client_credentials', 'password', 'refresh_token'],
  byHand: true,
  note: 'cache is written by hand, and naively',
  open({ grant, tokenUrl, apiUrl, clientId, clientSecret, username, password, refreshToken }) {
    const { origin } = new URL(tokenUrl);
    const server = { issuer: origin, token_endpoint: tokenUrl };
    const config = new client.Configuration(server, clientId, clientSecret);
    client.allowInsecureRequests(config); // the vendor is on http
    let tokens;
    let renewal = grant === 'refresh_token' ? refreshToken : undefined;

    const obtain = () => {
      if (renewal) return client.refreshTokenGrant(config, renewal);
      if (grant === 'client_credentials') return client.clientCredentialsGrant(config);
      return client.genericGrantRequest(config, 'password', { username, password });
    };

    return {
      async get(path) {
        if (!tokens || tokens.expiresIn() <= SKEW) {
          tokens = await obtain();
          renewal = tokens.refresh_token ?? renewal;
        }
        const url = new URL(path, apiUrl);
        const { access_token } = tokens;
        const response = await client.fetchProtectedResource(config, access_token, url, 'GET');
        await response.text();
        return response;
      },
    };
  },
};
