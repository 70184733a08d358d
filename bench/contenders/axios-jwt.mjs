import axios from 'axios';
import { applyAuthTokenInterceptor, setAuthTokens } from 'axios-jwt';

/** The package reads the expiry out of a JWT: an opaque token travels as the signature of one. */
function asJwt({ access_token, expires_in }) {
  const payload = JSON.stringify({ exp: Date.now() / 1_000 + expires_in });
  return `e30.${Buffer.from(payload).toString('base64url')}.${access_token}`;
}

function unwrap(config) {
  const jwt = config.headers.Authorization;
  if (jwt) config.headers.Authorization = `Bearer ${jwt.split('.').at(-1)}`;
  return config;
}

export default {
  name: 'axios-jwt',
  packages: ['axios-jwt', 'axios'],
  grants: ['refresh_token'],
  note: 'knows refresh_token and JWTs only: opaque tokens are wrapped in one by hand',
  async open({ tokenUrl, apiUrl, clientId, clientSecret, refreshToken }) {
    const auth = { username: clientId, password: clientSecret };
    const requestRefresh = async (refresh_token) => {
      const fields = new URLSearchParams({ grant_type: 'refresh_token', refresh_token });
      const { data } = await axios.post(tokenUrl, fields, { auth });
      return {
        accessToken: data.access_token && asJwt(data),
        refreshToken: data.refresh_token ?? refresh_token,
      };
    };
    const items = new Map();
    const storage = {
      get: async (key) => items.get(key) ?? null,
      set: async (key, value) => void items.set(key, value),
      remove: async (key) => void items.delete(key),
    };

    const instance = axios.create({ baseURL: apiUrl });
    instance.interceptors.request.use(unwrap); // axios runs the first one last
    applyAuthTokenInterceptor(instance, { requestRefresh, getStorage: () => storage });
    await setAuthTokens({ accessToken: '', refreshToken });
    const { fulfilled: inject } = instance.interceptors.request.handlers.at(-1);
    return { axios: instance, inject, get: (path) => instance.get(path) };
  },
};
