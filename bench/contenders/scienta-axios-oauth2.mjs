import { clientFactory, interceptorFactory, LockingTokenCache } from '@scienta/axios-oauth2';
import axios from 'axios021';

export default {
  name: '@scienta/axios-oauth2',
  packages: ['@scienta/axios-oauth2', 'axios021'],
  grants: ['client_credentials', 'password'],
  note: 'logs in again instead of refreshing; a timer ends its tokens and holds the process',
  open({ grant, tokenUrl, apiUrl, clientId, clientSecret, username, password }) {
    // The README has one axios for both, whose token request then waits for its own token.
    const client = clientFactory(axios.create(), {
      url: tokenUrl,
      grant_type: grant,
      client_id: clientId,
      client_secret: clientSecret,
      ...(grant === 'password' && { username, password }),
    });

    const instance = axios.create({ baseURL: apiUrl });
    const inject = interceptorFactory(client, new LockingTokenCache());
    instance.interceptors.request.use(inject);
    return { axios: instance, inject, get: (path) => instance.get(path) };
  },
};
