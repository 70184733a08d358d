import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { AppModule } from './app.module.js';
import { controls } from './vendors/controls.js';
import { TartanServer } from './vendors/tartan-server.js';
import { ZeepayServer } from './vendors/zeepay-server.js';

const port = Number(process.env.PORT ?? 3000);
// debug: logins and renewals of tokens; log: recoveries; warn: failures.
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn', 'log', 'debug'] });
app.enableShutdownHooks();
// An instance of the fleet ends with it, however that ends.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

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
  const { ZEEPAY_SERVER = 'test', TARTAN_ENV = 'dev', TARTAN_SERVER = TARTAN_ENV } = process.env;
  return `
  curl -i ${url}/payouts
  curl -i ${url}/employees
${controls('Zeepay', app.get(ZeepayServer), ZEEPAY_SERVER)}
${controls('Tartan', app.get(TartanServer), TARTAN_SERVER)}
`;
}
