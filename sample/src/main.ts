import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { AppModule } from './app.module.js';
import { controls } from './vendors/controls.js';
import { TartanServer } from './vendors/tartan-server.js';
import { ZeepayServer } from './vendors/zeepay-server.js';

const port = Number(process.env.PORT ?? 3000);
// debug: logins and renewals of tokens; warn: recoveries and failures.
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn', 'log', 'debug'] });
app.enableShutdownHooks();

try {
  await app.listen(port, '127.0.0.1');
  console.log(banner(app, await app.getUrl()));
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  console.error(`Port ${port} is taken. Choose another one: PORT=3001 npm run sample`);
  process.exitCode = 1;
  await app.close();
}

function banner(app: INestApplication, url: string): string {
  return `
  curl -i ${url}/payouts
  curl -i ${url}/employees
${controls('Zeepay', app.get(ZeepayServer))}
${controls('Tartan', app.get(TartanServer))}
`;
}
