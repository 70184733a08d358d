import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import axios from 'axios';
import {
  getHttpServiceToken,
  OAuth2ClientModule,
  OAuth2HttpInterceptor,
} from 'nestjs-oauth2-client';
import { firstValueFrom } from 'rxjs';

import { appOf } from '../own-app.mjs';

/** Accounts that one provider keeps in memory. */
const SLOTS = 10_000;

export default {
  name: 'nestjs-oauth2-client',
  packages: [
    'nestjs-oauth2-client',
    '@nestjs/axios',
    '@nestjs/common',
    '@nestjs/core',
    'axios',
    'rxjs',
  ],
  grants: ['client_credentials', 'password', 'refresh_token'],
  async open(access) {
    const { grant, tokenUrl, apiUrl, clientId, clientSecret } = access;
    const { username, password, refreshToken } = access;
    const credentials = {
      client_credentials: {},
      password: { username, password },
      refresh_token: { refreshToken },
    };
    const vendor = { name: 'vendor', tokenEndpoint: tokenUrl, baseURL: apiUrl };
    const client = { clientId, clientSecret, grantType: grant, ...credentials[grant] };
    const app = await NestFactory.createApplicationContext(
      OAuth2ClientModule.forRoot({ providers: [{ ...vendor, ...client }] }),
      { logger: false },
    );
    const http = app.get(getHttpServiceToken('vendor'));
    return {
      axios: http.axiosRef,
      inject: injected(app.get(OAuth2HttpInterceptor)),
      get: (path) => firstValueFrom(http.get(path)),
      hold: (subjects) => hold(subjects, access),
    };
  },
};

/** The token is put in last, around the adapter, so what is timed is all that stands before one. */
function injected(interceptor) {
  const instance = axios.create({ adapter: () => SENT });
  interceptor.attach(instance, 'vendor');
  const [{ fulfilled }] = instance.interceptors.request.handlers;
  return (config) => {
    config.adapter = instance.defaults.adapter;
    return fulfilled(config).adapter(config);
  };
}

const SENT = Promise.resolve({ status: 200, headers: {}, data: undefined });

async function hold(subjects, access) {
  const { providerOf } = await appOf(Math.ceil(subjects.length / SLOTS), access);
  const accountOf = (subject, index) => providerOf(Math.floor(index / SLOTS)).for(subject);
  for (let i = 0; i < subjects.length; i += 100) {
    const some = subjects.slice(i, i + 100);
    await Promise.all(some.map((subject, n) => accountOf(subject, i + n).getToken()));
  }
  return (subject, index) => accountOf(subject, index).peek().accessToken;
}
