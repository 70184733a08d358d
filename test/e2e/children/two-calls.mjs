// An app that calls an API and then has nothing left to do. It does not close its Nest context.
// Usage: node two-calls.mjs URL_OF_THE_LIBRARY URL_OF_THE_VENDOR
import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import { firstValueFrom } from 'rxjs';

const [library, vendor] = process.argv.slice(2);
const { getHttpServiceToken, OAuth2ClientModule, zeepay } = await import(library);

const app = await NestFactory.createApplicationContext(
  OAuth2ClientModule.forRoot({
    providers: [
      zeepay({
        server: vendor,
        clientId: 'id',
        clientSecret: 'secret',
        username: 'ama',
        password: 'pass',
        deadline: 600_000, // a timer that is left behind would hold the process as long
      }),
    ],
  }),
  { logger: ['error', 'warn'] },
);
const http = app.get(getHttpServiceToken('zeepay'));
for (const path of ['/first', '/second']) {
  const { status } = await firstValueFrom(http.get(path, { timeout: 600_000 }));
  console.log(path, status);
}
