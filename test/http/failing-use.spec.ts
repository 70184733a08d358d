import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import type { TokenUse } from '../../lib/define.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'access-token-number-1';

describe('a member of `use` that fails', () => {
  let vendor: FakeVendor;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const quoting = ({ accessToken }: { accessToken: string }): never => {
    throw new RangeError(`cannot use ${accessToken}`);
  };

  it.each<[string, TokenUse, string, string]>([
    [
      'a header that throws',
      { headers: { 'X-Time': quoting } },
      '`use.headers.X-Time`',
      'threw (RangeError)',
    ],
    [
      'a header that forges another',
      { headers: { 'X-Good': () => 'ok', 'X-Bad': () => 'a\r\nb: c' } },
      '`use.headers.X-Bad`',
      'characters that no header may carry',
    ],
    [
      'a header that returns a promise',
      { headers: { 'X-Late': (() => Promise.resolve('x')) as never } },
      '`use.headers.X-Late`',
      'returned a promise',
    ],
    [
      'a signature that throws',
      { sign: (_request, context) => quoting(context) },
      '`use.sign`',
      'threw (RangeError)',
    ],
    [
      'a signature that returns a promise',
      { sign: (() => Promise.resolve({})) as never },
      '`use.sign`',
      'returned a promise',
    ],
  ])('the error names the member of `use` that fails: %s', async (_what, use, member, what) => {
    app = await App.start({ providers: [acme(vendor, { use })] });
    const error = await rejection(firstValueFrom(app.http('acme').get('/orders')));
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', provider: 'acme' });
    expect(String(error)).toContain(`${member} of the definition `);
    expect(String(error)).toContain(what);
    expect(String(error)).toContain(`Correct ${member}`);
    expect(String(error)).not.toContain('Correct the call');
    expectNoSecret(error, [TOKEN]);
    expect(vendor.apiRequests).toEqual([]);
  });

  it('the error names `use.cookie` if the token has characters that a cookie must not contain', async () => {
    vendor.onToken = () => vendor.grant({ access_token: 'a,b;c' });
    app = await App.start({ providers: [acme(vendor, { use: { cookie: 'session' } })] });
    const error = await rejection(firstValueFrom(app.http('acme').get('/orders')));
    expect(String(error)).toMatch(/`use\.cookie`.*characters that a cookie must not contain/);
    expectNoSecret(error, ['a,b;c']);
  });
});
