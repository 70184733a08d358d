import axios from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';

/** The contender with `options` of the package; undefined: as it comes. */
export function authRefresh(name, options, note) {
  return {
    name,
    packages: ['axios-auth-refresh', 'axios'],
    grants: ['client_credentials', 'password', 'refresh_token'],
    note,
    open({ grant, tokenUrl, apiUrl, clientId, clientSecret, username, password, refreshToken }) {
      const auth = { username: clientId, password: clientSecret };
      const login = { grant_type: grant, ...(grant === 'password' && { username, password }) };
      let accessToken = null;
      let renewal = grant === 'refresh_token' ? refreshToken : undefined;

      const refreshAuthLogic = async ({ response }) => {
        const fields = renewal ? { grant_type: 'refresh_token', refresh_token: renewal } : login;
        const { data } = await axios.post(tokenUrl, new URLSearchParams(fields), { auth });
        accessToken = data.access_token;
        renewal = data.refresh_token ?? renewal;
        response.config.headers.Authorization = `Bearer ${accessToken}`;
      };

      const instance = axios.create({ baseURL: apiUrl });
      const inject = (config) => {
        config.headers.Authorization = `Bearer ${accessToken}`;
        return config;
      };
      instance.interceptors.request.use(inject);
      createAuthRefresh(instance, refreshAuthLogic, options);
      return { axios: instance, inject, get: (path) => instance.get(path) };
    },
  };
}

export default authRefresh(
  'axios-auth-refresh',
  undefined,
  'renews on a 401 only, so each first request is sent with "Bearer null"',
);
