import { OAuth2Client } from 'google-auth-library';

export default {
  name: 'google-auth-library',
  packages: ['google-auth-library'],
  grants: ['refresh_token'],
  note: 'knows refresh_token only, and drops one that the vendor has rotated',
  open({ tokenUrl, apiUrl, clientId, clientSecret, refreshToken }) {
    const client = new OAuth2Client({
      clientId,
      clientSecret,
      endpoints: { oauth2TokenUrl: tokenUrl },
    });
    client.setCredentials({ refresh_token: refreshToken });
    return { get: (path) => client.fetch(new URL(path, apiUrl)) };
  },
};
