import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { CompiledLib } from '../support/compiled-lib.js';
import { FakeVendor } from '../support/fake-vendor.js';

const run = promisify(execFile);
const child = fileURLToPath(new URL('children/two-calls.mjs', import.meta.url));

describe('a process that has made its calls', () => {
  let library: CompiledLib;
  let vendor: FakeVendor;

  beforeAll(() => {
    library = new CompiledLib();
  });

  afterAll(() => library.remove());

  beforeEach(async () => {
    vendor = await FakeVendor.start();
  });

  afterEach(() => vendor.close());

  /** Fails unless the process ends by itself, and in peace. */
  const output = async () => {
    const args = ['--trace-warnings', child, library.url, vendor.url];
    const { stdout, stderr } = await run(process.execPath, args, { timeout: 20_000 });
    expect(stderr).not.toMatch(/TimeoutOverflow|MaxListeners|Unhandled|Error/);
    return stdout.trim().split('\n');
  };

  it('a process with a token that lives for a year ends by itself, and no timer overflows', async () => {
    vendor.onToken = () => vendor.grant({ expires_in: 31_536_000, refresh_token: 'refresh' });
    expect(await output()).toEqual(['/first 200', '/second 200']);
    expect(vendor.tokenRequests).toHaveLength(1);
  }, 30_000);

  it('a process ends by itself after the renewal of a rejected token', async () => {
    vendor.onApi = (request) => {
      if (request.path === '/second' && request.token?.endsWith('-1')) vendor.revokeAll();
      return vendor.protect(request);
    };
    expect(await output()).toEqual(['/first 200', '/second 200']);
    expect(vendor.tokenRequests).toHaveLength(2);
  }, 30_000);
});
