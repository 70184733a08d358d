import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import type { TokenUse } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { expectNoSecret } from '../support/secrets.js';

// Until 1.17 the fetch adapter of axios wraps its own error, with all that was sent, in another.
jest.unstable_mockModule('axios', () => import('axios113'));
const { default: axios } = await import('axios');
const { App } = await import('../support/nest-app.js');
const { acme } = await import('../support/acme.js');

const TOKEN = 'access-token-number-1';

describe('an error of the fetch adapter of axios 1.13', () => {
  let vendor: FakeVendor;
  let app: Awaited<ReturnType<(typeof App)['start']>>;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = () => ({ status: 404, body: {} });
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const failure = async (use: TokenUse, url: string) => {
    app = await App.start({ providers: [acme(vendor, { use })] });
    return rejection(firstValueFrom(app.http('acme').get(url, { adapter: 'fetch' })));
  };

  it('holds no token from a header', async () => {
    expect(axios.VERSION).toBe('1.13.2');
    const error = await failure({}, '/orders');
    expect(error).toMatchObject({ response: { status: 404 } });
    expect(vendor.apiRequests[0]!.token).toBe(TOKEN);
    expectNoSecret(error, [TOKEN]);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(TOKEN);
  });

  it('holds no token from the URL, not even in its message', async () => {
    const withUser = vendor.url.replace('//', '//user:pass@');
    const error = await failure({ queryParameter: 'key' }, `${withUser}/orders?page=2`);
    expect(error).toBeInstanceOf(Error);
    expectNoSecret(error, [TOKEN]);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(TOKEN);
  });
});
