import axios from 'axios';
import { clientCredentials, ownerCredentials } from 'axios-oauth-client';
import tokenProvider from 'axios-token-interceptor';

export default {
  name: 'axios-token-interceptor',
  packages: ['axios-token-interceptor', 'axios-oauth-client', 'axios'],
  grants: ['client_credentials', 'password'],
  note: 'logs in again instead of refreshing',
  open({ grant, tokenUrl, apiUrl, clientId, clientSecret, username, password }) {
    const client = [axios.create(), tokenUrl, clientId, clientSecret];
    const getClientCredentials = clientCredentials(...client);
    const getOwnerCredentials = ownerCredentials(...client);
    const cache = tokenProvider.tokenCache(
      () =>
        grant === 'password' ? getOwnerCredentials(username, password) : getClientCredentials(),
      { getMaxAge: (body) => body.expires_in * 1_000 },
    );

    const instance = axios.create({ baseURL: apiUrl });
    const inject = tokenProvider({
      getToken: cache,
      headerFormatter: (body) => `Bearer ${body.access_token}`,
    });
    instance.interceptors.request.use(inject);
    return { axios: instance, inject, get: (path) => instance.get(path) };
  },
};
