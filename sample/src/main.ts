import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { AppModule } from './app.module.js';
import { TartanServer } from './vendors/tartan-server.js';
import type { VendorServer } from './vendors/vendor-server.js';
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

function controls(name: string, server: VendorServer | null): string {
  if (!server) return `\n${name}: the real one, as the environment says`;
  return `
${name}, embedded at ${server.url}
  curl -X POST ${server.url}/_control/revoke              revoke its access tokens
  curl -X POST '${server.url}/_control/revoke?refresh=1'  and its refresh tokens
  curl -X POST ${server.url}/_control/down                take its token endpoint down
  curl -X POST ${server.url}/_control/up                  bring it up again
  curl ${server.url}/_control/stats                       count logins, renewals, API calls`;
}
