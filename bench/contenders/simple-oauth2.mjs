import axios from 'axios';
import { AuthorizationCode, ClientCredentials, ResourceOwnerPassword } from 'simple-oauth2';

/** Seconds before the end of a token, as in the README. */
const EXPIRATION_WINDOW = 300;

const clients = {
  client_credentials: ClientCredentials,
  password: ResourceOwnerPassword,
  refresh_token: AuthorizationCode, // whence a refresh token without a password comes
};

export default {
  name: 'simple-oauth2',
  packages: ['simple-oauth2', 'axios'],
  grants: ['client_credentials', 'password', 'refresh_token'],
  byHand: true,
  note: 'cache is written by hand, and naively; loses a refresh token that does not rotate',
  open({ grant, tokenUrl, apiUrl, clientId, clientSecret, username, password, refreshToken }) {
    const { origin, pathname } = new URL(tokenUrl);
    const client = new clients[grant]({
      client: { id: clientId, secret: clientSecret },
      auth: { tokenHost: origin, tokenPath: pathname },
    });
    const hasOnlyRefreshToken = grant === 'refresh_token';
    const login = grant === 'password' ? { username, password } : {};
    let accessToken = hasOnlyRefreshToken
      ? client.createToken({ refresh_token: refreshToken, expires_in: 0 })
      : undefined;

    const renew = () =>
      hasOnlyRefreshToken || accessToken?.token.refresh_token
        ? accessToken.refresh()
        : client.getToken(login);

    const instance = axios.create({ baseURL: apiUrl });
    const inject = async (config) => {
      if (!accessToken || accessToken.expired(EXPIRATION_WINDOW)) accessToken = await renew();
      config.headers.Authorization = `Bearer ${accessToken.token.access_token}`;
      return config;
    };
    instance.interceptors.request.use(inject);
    return { axios: instance, inject, get: (path) => instance.get(path) };
  },
};
