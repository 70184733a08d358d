import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { OAuth2ClientModule, TokenProviders } from 'nestjs-oauth2-client';

/** An app with `count` providers of one vendor, each with an API of its own. */
export async function appOf(count, { tokenUrl, clientId, clientSecret }) {
  const providers = Array.from({ length: count }, (_, i) => ({
    name: `vendor-${i}`,
    tokenEndpoint: tokenUrl,
    clientId,
    clientSecret,
    baseURL: `https://api-${i}.example`,
  }));
  const app = await NestFactory.createApplicationContext(
    OAuth2ClientModule.forRoot({ providers }),
    { logger: false },
  );
  return { app, providerOf: (i) => app.get(TokenProviders).get(`vendor-${i}`) };
}
