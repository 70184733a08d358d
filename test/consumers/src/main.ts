import 'reflect-metadata';
import { deepStrictEqual, equal } from 'node:assert';

import { NestFactory } from '@nestjs/core';

import { AppModule, PayoutService } from './app.js';
import { checkDoubles } from './doubles.js';
import { startVendor } from './vendor.js';

async function main(): Promise<void> {
  const { vendor, account } = await startVendor();
  const settings = { server: vendor.url, ...account };
  const apps = [AppModule.withOptions(settings), AppModule.withFactory(settings)];
  for (const [index, module] of apps.entries()) {
    const app = await NestFactory.createApplicationContext(module, { logger: ['error', 'warn'] });
    const payouts = app.get(PayoutService);
    deepStrictEqual(await payouts.list(), [{ id: 1, amount: '12.50' }]);
    equal(await payouts.statusWithoutToken(), 401);
    equal(await payouts.token(), `token-${index + 1}`);
    await app.close();
  }
  equal(vendor.tokenEndpoint.requests.length, apps.length);
  await checkDoubles(settings, vendor);
  await vendor.close();
  console.log('ok');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
