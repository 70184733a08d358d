import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { firstValueFrom } from 'rxjs';

/** What a blog post shows. */
export default {
  name: 'tutorial Nest interceptor',
  packages: [],
  grants: ['client_credentials', 'password', 'refresh_token'],
  byHand: true,
  note: 'not a package: token in a variable, no single flight, no handling of a 401',
  open({ grant, tokenUrl, apiUrl, clientId, clientSecret, username, password, refreshToken }) {
    const auth = { username: clientId, password: clientSecret };
    const login = { grant_type: grant, ...(grant === 'password' && { username, password }) };
    let accessToken;
    let expiresAt = 0;
    let renewal = grant === 'refresh_token' ? refreshToken : undefined;

    const http = new HttpService(axios.create({ baseURL: apiUrl }));
    const inject = async (config) => {
      if (Date.now() >= expiresAt) {
        const fields = renewal ? { grant_type: 'refresh_token', refresh_token: renewal } : login;
        const { data } = await axios.post(tokenUrl, new URLSearchParams(fields), { auth });
        accessToken = data.access_token;
        expiresAt = Date.now() + data.expires_in * 1_000;
        renewal = data.refresh_token ?? renewal;
      }
      config.headers.Authorization = `Bearer ${accessToken}`;
      return config;
    };
    http.axiosRef.interceptors.request.use(inject);
    return { axios: http.axiosRef, inject, get: (path) => firstValueFrom(http.get(path)) };
  },
};
