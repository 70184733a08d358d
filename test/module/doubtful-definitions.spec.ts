import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { values, type OAuth2ClientError, type ProviderDefinition } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';
import { SECRET, valid } from '../support/valid-definition.js';

const refusal = async (changes: object) => {
  const providers = [{ ...valid, ...changes } as unknown as ProviderDefinition];
  const error = (await rejection(App.start({ providers }))) as OAuth2ClientError;
  expectNoSecret(error, [SECRET]);
  return error;
};

describe('a line break or tab at an end of a value', () => {
  const user = { grantType: 'password', username: 'u', password: 'p' };

  it.each<[member: string, changes: object]>([
    ['`clientId` begins or ends', { clientId: 'shop\n' }],
    ['`clientSecret` begins or ends', { clientSecret: `${SECRET}\n` }],
    ['`clientSecret` begins or ends', { clientSecret: `${SECRET}\r\n` }],
    ['`clientSecret` begins or ends', { clientSecret: `\t${SECRET}` }],
    ['`clientSecret` begins or ends', { clientSecret: `${SECRET} \n ` }],
    ['`username` begins or ends', { ...user, username: 'ama\n' }],
    ['`password` begins or ends', { ...user, password: `${SECRET}\n` }],
    ['`refreshToken` begins or ends', { grantType: 'refresh_token', refreshToken: 'r-1\n' }],
    ['`credentials` has `apiKey`, which begins or ends', { credentials: { apiKey: 'k\n' } }],
    ['`parameters` has `key`, which begins or ends', { parameters: { key: 'k\n' } }],
    ['`headers` has `x-key`, which begins or ends', { headers: { 'x-key': 'k\t' } }],
    ['`use` has `headers.x-key`, which begins', { use: { headers: { 'x-key': '\tk' } } }],
    ['`refresh` has `parameters.k`, which', { refresh: { parameters: { k: 'k\n' } } }],
    ['has `a.query.k`, which', { before: { a: { url: '/a', query: { k: 'k\n' } } } }],
  ])(
    'a line break or tab at an end of a value is refused at start with the name of the member: %s',
    async (words, changes) => {
      expect((await refusal(changes)).message).toContain(words);
    },
  );

  it('a line break at the end of an HMAC key is refused', async () => {
    const parameters = { sign: values.hmac('sha256', `${SECRET}\n`, values.uuid) };
    expect((await refusal({ parameters })).message).toContain('`parameters` has `sign`, which');
  });

  it('line breaks around a query in a template literal are accepted', async () => {
    const query = `
      mutation { login { token } }
    `;
    const before = { login: { url: '/graphql', encoding: 'json', parameters: { query } } } as const;
    const app = await App.start({ providers: [{ ...valid, before }] });
    expect(app.log.lines.filter((line) => line.includes('white space'))).toEqual([]);
    await app.close();
  });

  it('a line break at the end of a text of several lines, such as a private key, is accepted', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQA\n-----END PRIVATE KEY-----\n';
    const app = await App.start({ providers: [{ ...valid, credentials: { pem } }] });
    expect(app.log.lines.filter((line) => line.includes('white space'))).toEqual([]);
    await app.close();
  });
});

describe('a running provider', () => {
  let vendor: FakeVendor;
  let app: App;

  beforeEach(async () => void (vendor = await FakeVendor.start()));
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const start = async (changes: Partial<ProviderDefinition>) => {
    app = await App.start({ providers: [acme(vendor, changes)] });
  };
  const warnings = () => app.log.lines.filter((line) => line.startsWith('warn'));

  it('a line break that a credential function returns is refused with the name of the member', async () => {
    await start({ clientSecret: () => `${SECRET}\n` });
    const error = (await rejection(app.tokens('acme').getToken())) as OAuth2ClientError;
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
    expect(error.message).toContain('`clientSecret`');
    expect(error.message).toContain('begins or ends with a line break or tab');
    expect(vendor.tokenRequests).toEqual([]);
    expectNoSecret([error, app.log.lines], [SECRET]);
  });

  it('blanks at the ends of constants are warned about at start', async () => {
    await start({ credentials: { apiKey: ' k' }, headers: { 'x-a': 'b ' } });
    expect(warnings()).toEqual([
      expect.stringContaining(
        '[acme] a value has white space at an end: `credentials.apiKey`, `headers.x-a` of the definition',
      ),
    ]);
  });

  it('blanks that a credential function returns are warned about once', async () => {
    await start({ credentials: { apiKey: () => 'k ' } });
    for (let i = 0; i < 2; i++) {
      await app.tokens('acme').getToken();
      app.tokens('acme').invalidate();
    }
    expect(warnings()).toEqual([expect.stringContaining('`credentials.apiKey`')]);
  });

  it('a response without a lifetime is warned about once, with what to write', async () => {
    vendor.onToken = () => vendor.grant({ expires_in: null });
    await start({});
    for (let i = 0; i < 2; i++) {
      await app.tokens('acme').getToken();
      app.tokens('acme').invalidate();
    }
    expect(warnings()).toEqual([
      expect.stringMatching(/counts as living for 300 s.*`response.expiresIn`.*`defaultLifetime`/),
    ]);
  });

  it('a lifetime in another unit is warned about with the value and the unit that fits', async () => {
    const until = Math.floor(Date.now() / 1_000) + 3_600;
    vendor.onToken = () => vendor.grant({ expires_in: until });
    await start({});
    await app.tokens('acme').getToken();
    expect(warnings()).toEqual([expect.stringContaining(`the token response has ${until} as`)]);
    expect(warnings()[0]).toContain("`lifetimeFormat: 'epoch_seconds'`");
  });

  it('`values.extra` with a member that the response lacks is warned about', async () => {
    vendor.onToken = () => vendor.grant({ instance: 'eu1' });
    await start({ use: { headers: { 'x-instance': values.extra('instanze') } } });
    await firstValueFrom(app.http('acme').get('/orders'));
    expect(warnings()).toEqual([expect.stringContaining("`values.extra('instanze')`")]);
    expect(warnings()[0]).toContain('`extra` has `instance`');
  });

  it('the warning about `values.extra` shows only member names that a programmer has chosen', async () => {
    const sessions = { 'k83d1f0c2aa-session': 1, 'eu1\nwarn [acme] forged': 2, instance: 3 };
    vendor.onToken = () => vendor.grant(sessions);
    await start({ use: { headers: { 'x-instance': values.extra('instanze') } } });
    await app.tokens('acme').getToken();
    expect(warnings()).toEqual([expect.stringContaining('`extra` has `instance`')]);
    expectNoSecret(app.log.lines, ['k83d1f0c2aa', 'forged']);
  });
});
