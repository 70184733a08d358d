import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { tartan } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, type Answer, type Received } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

const account = { username: 'johndoe@example.com', password: 'my"secret\r\n--pässword' };

/** The fields of a multipart body, in their order. */
async function fields({ body, headers }: Received): Promise<[string, string][]> {
  const type = headers['content-type'] ?? '';
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  return [...form].map(([name, value]) => [name, value as string]);
}

describe('Tartan', () => {
  let vendor: FakeVendor;
  let clock: ManualClock;
  let app: App;

  const granted = (): Answer =>
    vendor.grant({ token_type: 'bearer', refresh_token: `refresh-${vendor.tokenRequests.length}` });
  const call = () => firstValueFrom(app.http('tartan').get('/api/employees'));
  const grants = () =>
    Promise.all(
      vendor.tokenRequests.map(async (r) => Object.fromEntries(await fields(r))['grant_type']),
    );

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onToken = granted;
    clock = new ManualClock();
    app = await App.start({
      runtime: { clock, random: () => 0 },
      providers: [tartan({ server: vendor.url, ...account })],
    });
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it('the Tartan login is multipart with three fields and no client', async () => {
    await call();
    const [request] = vendor.tokenRequests as [Received];
    expect(request).toMatchObject({ method: 'POST', path: '/api/external/oauth/token' });
    expect(request.query.size).toBe(0);
    expect(request.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(request.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(await fields(request))).toEqual({
      grant_type: 'password',
      username: account.username,
      password: account.password,
    });
    expect(await fields(request)).toHaveLength(3);
  });

  it('Tartan tokens go to its own server, whatever the case of token_type', async () => {
    await call();
    expect(vendor.apiRequests[0]).toMatchObject({
      path: '/api/employees',
      headers: { authorization: 'Bearer access-token-number-1' },
    });
  });

  it.each([
    [undefined, 'https://dev.tartanhq.com'],
    ['prod', 'https://prod.tartanhq.com'],
  ])('Tartan uses the environment %s', (env, url) => {
    const definition = tartan({ env, ...account });
    expect(definition).toMatchObject({ name: 'tartan', baseURL: url });
    expect(new URL(definition.tokenEndpoint!, definition.baseURL).href).toBe(
      `${url}/api/external/oauth/token`,
    );
  });

  it.each([
    '',
    'evil.example/',
    'evil.example\\',
    'evil.example#',
    'evil.example?',
    'a@evil.example/',
    'a b',
  ])('Tartan refuses the environment %j', async (env) => {
    const error = await rejection(
      App.start({ providers: [tartan({ env, ...account })] }).then((started) => started.close()),
    );
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', provider: 'tartan' });
  });

  it('Tartan is refreshed in the same way', async () => {
    await call();
    clock.advance(3_600_000);
    await call();
    const request = vendor.tokenRequests[1]!;
    expect(request.path).toBe('/api/external/oauth/token');
    expect(await fields(request)).toEqual([
      ['grant_type', 'refresh_token'],
      ['refresh_token', 'refresh-1'],
    ]);
  });

  it('a refused Tartan refresh becomes a login in the same call', async () => {
    vendor.onToken = async (request) =>
      Object.fromEntries(await fields(request))['grant_type'] === 'password'
        ? granted()
        : { status: 401, body: { message: 'Unauthorized' } };
    for (let i = 0; i < 3; i++) {
      expect((await call()).status).toBe(200);
      clock.advance(3_600_000);
    }
    expect(await grants()).toEqual(['password', 'refresh_token', 'password', 'password']);
  });

  it.each([400, 401])('Tartan credentials that are answered %i are sent once', async (status) => {
    vendor.onToken = () => ({ status, body: { message: 'Invalid credentials' } });
    for (let i = 0; i < 3; i++) {
      expect(await rejection(call())).toMatchObject({ provider: 'tartan', status });
    }
    expect([vendor.tokenRequests.length, vendor.apiRequests.length]).toEqual([1, 0]);
  });
});
