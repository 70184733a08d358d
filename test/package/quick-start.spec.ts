import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';

import { FakeVendor } from '../support/fake-vendor.js';
import { pagesIn, root } from './pages.js';

interface QuickStart {
  AppModule: Type;
  PayoutService: Type<{ list(): Promise<unknown> }>;
}

it('the first block of the README is a program that runs', async () => {
  const vendor = await FakeVendor.start();
  Object.assign(process.env, {
    ZEEPAY_SERVER: vendor.url,
    ZEEPAY_CLIENT_ID: 'id',
    ZEEPAY_CLIENT_SECRET: 'secret',
    ZEEPAY_USERNAME: 'user@example.com',
    ZEEPAY_PASSWORD: 'password',
  });
  const { AppModule, PayoutService } = await firstBlock();
  const app = await Test.createTestingModule({ imports: [AppModule] }).compile();
  try {
    expect(await app.get(PayoutService).list()).toMatchObject({ path: '/payouts' });
    expect(vendor.tokenRequests).toHaveLength(1);
  } finally {
    await app.close();
    await vendor.close();
  }
});

async function firstBlock(): Promise<QuickStart> {
  const readme = pagesIn('.').find(({ path }) => path === 'README.md');
  const [, code = ''] = /^```ts\n([^]*?)^```/m.exec(readme?.text ?? '') ?? [];
  const file = join(root, 'temp/quick-start.ts');
  mkdirSync(join(root, 'temp'), { recursive: true });
  writeFileSync(file, code);
  return (await import(file)) as QuickStart;
}
