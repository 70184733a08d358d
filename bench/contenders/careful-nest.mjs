import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { firstValueFrom } from 'rxjs';

/** Seconds before the end of a token from which on it is not used any more. */
const SKEW = 30;

/** What a careful developer writes into an app: about forty lines. */
export default {
  name: 'careful Nest interceptor, 40 lines',
  packages: [],
  grants: ['client_credentials', 'password', 'refresh_token'],
  byHand: true,
  open({ grant, tokenUrl, apiUrl, clientId, clientSecret, username, password, refreshToken }) {
    let tokens = { refresh_token: grant === 'refresh_token' ? refreshToken : undefined };
    let flight;

    const ask = async (fields) => {
      const body = new URLSearchParams(fields);
      const auth = { username: clientId, password: clientSecret };
      const { data } = await axios.post(tokenUrl, body, { auth, timeout: 10_000 });
      if (!data.access_token) throw new Error('no access token');
      const expiresAt = Date.now() + (data.expires_in ?? 300) * 1_000;
      tokens = { refresh_token: tokens.refresh_token, ...data, expiresAt };
      return tokens.access_token;
    };
    const logIn = () =>
      ask(
        grant === 'password'
          ? { grant_type: 'password', username, password }
          : { grant_type: 'client_credentials' },
      );
    const renew = async () => {
      if (!tokens.refresh_token) return logIn();
      try {
        return await ask({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
      } catch (error) {
        if (error.response?.data?.error !== 'invalid_grant') throw error;
        tokens = {};
        return logIn();
      }
    };
    const fresh = () => (flight ??= renew().finally(() => (flight = undefined)));
    const token = () =>
      tokens.access_token && Date.now() < tokens.expiresAt - SKEW * 1_000
        ? tokens.access_token
        : fresh();

    const instance = axios.create({ baseURL: apiUrl });
    const inject = async (config) => {
      config.headers.Authorization = `Bearer ${await token()}`;
      return config;
    };
    instance.interceptors.request.use(inject);
    instance.interceptors.response.use(undefined, async (error) => {
      const { config, response } = error;
      if (response?.status !== 401 || config?.retried) throw error;
      const sent = String(config.headers.Authorization).slice('Bearer '.length);
      if (sent === tokens.access_token) await fresh();
      return instance.request({ ...config, retried: true });
    });
    const http = new HttpService(instance);
    return { axios: instance, inject, get: (path) => firstValueFrom(http.get(path)) };
  },
};
