import type { ConfigService } from '@nestjs/config';
import { tartan, zeepay } from 'nestjs-oauth2-client';

import type { TartanServer } from './vendors/tartan-server.js';
import type { ZeepayServer } from './vendors/zeepay-server.js';

/** Zeepay as the environment describes it, or the embedded server where there is one. */
export function zeepayProvider(config: ConfigService, embedded: ZeepayServer | null) {
  if (embedded) {
    const { account, url } = embedded;
    return zeepay({ ...account, server: url, password: samplePassword(config, account.password) });
  }
  return zeepay({
    server: config.get('ZEEPAY_SERVER', 'test'),
    clientId: config.getOrThrow('ZEEPAY_CLIENT_ID'),
    clientSecret: config.getOrThrow('ZEEPAY_CLIENT_SECRET'),
    username: config.getOrThrow('ZEEPAY_USERNAME'),
    password: config.getOrThrow('ZEEPAY_PASSWORD'),
  });
}

/** Tartan as the environment describes it, or the embedded server where there is one. */
export function tartanProvider(config: ConfigService, embedded: TartanServer | null) {
  if (embedded) {
    const { account, url } = embedded;
    return tartan({ ...account, server: url, password: samplePassword(config, account.password) });
  }
  return tartan({
    env: config.get('TARTAN_ENV', 'dev'),
    server: config.get('TARTAN_SERVER'),
    username: config.getOrThrow('TARTAN_USERNAME'),
    password: config.getOrThrow('TARTAN_PASSWORD'),
  });
}

/** `SAMPLE_PASSWORD` shows what a wrong password looks like. */
function samplePassword(config: ConfigService, password: string): string {
  return config.get('SAMPLE_PASSWORD', password);
}
