import { Agent } from 'node:https';

import { afterEach, describe, expect, it } from '@jest/globals';

import { OAuth2ClientError, tartan, zeepay, type ProviderDefinition } from '../../lib/index.js';
import { LIFETIME_FORMATS } from '../../lib/oauth2/lifetime.js';
import { rejection } from '../support/collect.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';
import { SECRET, valid } from '../support/valid-definition.js';

let app: App | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

const start = async (...providers: object[]) => {
  app = await App.start({ providers: providers as ProviderDefinition[] });
};
const refusal = async (...providers: object[]) =>
  (await rejection(start(...providers))) as OAuth2ClientError;

describe('a definition', () => {
  const cases: Record<string, { good: unknown[]; bad: unknown[] }> = {
    name: {
      good: ['a', 'a.b:c_d-9', 'constructor', 'x'.repeat(64)],
      bad: [undefined, '', ' ', 'a b', 'ä', '😀', 'a)', 'x'.repeat(65), 5, null],
    },
    tokenEndpoint: {
      good: [
        '/oauth/token',
        'https://x.example/t?tenant=1',
        'http://localhost/t',
        'http://[::1]/t',
      ],
      bad: [
        ...[undefined, '', 'oauth/token', '//evil.example/token', '/\\evil.example', 5],
        ...['ftp://x.example/', 'http://x.example/token', 'http://169.254.169.254/token'],
        ...['https://u:p@x.example/', 'https://x.example/#t', 'https://x.example/?client_secret=x'],
        ...['https://x..example/', 'https://', 'javascript:alert(1)'],
      ],
    },
    baseURL: {
      good: ['https://x.example', 'https://x.example/v1/', 'http://127.0.0.1:8080', 'https://ü.de'],
      bad: [
        ...[undefined, '', '/v1', 'x.example', 'http://x.example', 'ftp://x.example', null, {}],
        ...['https://u@x.example', 'https://x.example?x=1', 'https://x.example#x'],
        ...['http://127.0.0.1.evil.example', 'http://localhost.evil.example', 'http://0.0.0.0'],
      ],
    },
    origins: {
      good: [[], ['https://files.x.example/up']],
      bad: [
        'https://x.example',
        ['x'],
        [''],
        [null],
        ['http://x.example'],
        ['https://a@b.example'],
      ],
    },
    clientId: { good: ['x', () => 'x'], bad: [undefined, '', '  ', 5, null, {}, ['x']] },
    clientSecret: { good: ['x', () => 'x'], bad: [undefined, '', '\t', 5, null] },
    grantType: { good: ['client_credentials'], bad: ['implicit', 'password ', '', 5, null] },
    clientAuthentication: {
      good: ['client_secret_basic', 'client_secret_post', 'none'],
      bad: ['basic', '', 5, null, 'constructor'],
    },
    encoding: { good: ['form', 'multipart', 'json', 'query'], bad: ['xml', 'none', '', 5, null] },
    refresh: { good: ['standard', 'undocumented', 'never'], bad: ['always', true, null] },
    scope: { good: ['a', 'a b', ['a', 'b:c']], bad: ['', 'a  b', ['a b'], ['"'], 'a\\b', 5, [5]] },
    resource: {
      good: ['https://x.example/', ['urn:a:b']],
      bad: ['x', 'https://x.example/#f', [5], 5, ['']],
    },
    parameters: {
      good: [{}, { audience: 'x' }, { version: 2, client_id: 'x' }, { at: () => 5 }],
      bad: [
        ...['x', null, { audience: null }, { nested: { a: 1 } }, { grant_type: 'x' }],
        ...[{ client_secret: 'x' }, { scope: 'x' }, { password: 'x' }, { '': 'x' }],
      ],
    },
    headers: {
      good: [{}, { 'x-tenant': '1' }, { 'x-version': 5 }, { 'x-at': () => 5 }],
      bad: [
        ...['x', null, { 'x-a': null }, { 'x a': 'b' }, { 'x-a': 'b\r\nx-evil: 1' }, { '': 'x' }],
        ...[{ authorization: 'x' }, { 'Content-Type': 'x' }, { HOST: 'x' }],
      ],
    },
    axios: {
      good: [{}, { timeout: 5, proxy: false, httpsAgent: new Agent(), headers: { 'x-a': '1' } }],
      bad: [
        ...['x', null, { baseURL: 'https://x.example' }, { url: '/' }, { adapter: 'http' }],
        ...[{ auth: { username: 'a', password: 'b' } }, { socketPath: '/x' }, { transport: {} }],
        ...[{ headers: { Authorization: 'x' } }, { headers: { common: { authorization: 'x' } } }],
      ],
    },
    enabled: { good: [true, false], bad: ['yes', 1, null] },
    allowInsecureOrigins: { good: [true, false], bad: ['yes', 0, null] },
    defaultLifetime: { good: [1, 3_600, Infinity], bad: [0, -1, NaN, '60', null, 1e12] },
    maxLifetime: { good: [1, 3_600], bad: [0, -1, NaN, Infinity, '60', null] },
    deadline: { good: [1, 60_000], bad: [0, -1, NaN, Infinity, '60', null] },
    refreshWindow: { good: [0, 0.5], bad: [-0.1, 1, NaN, '0.2', null] },
    requiredScope: { good: ['a b', ['a']], bad: ['a  b', ['"'], 5] },
    lifetimeFormat: { good: [...LIFETIME_FORMATS], bad: ['minutes', '', 5, null] },
    retry: { good: ['all', 'idempotent', 'none'], bad: ['never', true, null] },
    onTokenSet: { good: [() => {}], bad: ['x', {}, null] },
  };

  describe.each(Object.entries(cases))('with `%s`', (field, { good, bad }) => {
    it('a definition starts with valid values of the member', async () => {
      for (const value of good) {
        await start({ ...valid, [field]: value });
        await app!.close();
      }
      app = undefined;
    });

    it('a definition with an invalid member is refused with the names of provider and member', async () => {
      for (const value of bad) {
        const error = await refusal({ ...valid, [field]: value });
        expect([field, value, error]).toEqual([field, value, expect.any(OAuth2ClientError)]);
        expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', stage: 'configuration' });
        const provider = field === 'name' ? 'providers[0]' : 'acme';
        expect(error.message).toContain(`${provider}: \`${field}\` `);
        expectNoSecret(error, [SECRET]);
      }
    });
  });

  it.each([
    [{ grantType: 'password', username: 'ama' }, ['password']],
    [{ grantType: 'password' }, ['username', 'password']],
    [{ grantType: 'refresh_token' }, ['refreshToken']],
    [{ clientId: undefined, clientSecret: undefined }, ['clientId', 'clientSecret']],
    [{ clientAuthentication: 'client_secret_post', clientSecret: undefined }, ['clientSecret']],
    [{ clientAuthentication: 'none', clientId: undefined, clientSecret: undefined }, []],
    [{ enabled: false, clientId: undefined, clientSecret: '' }, []],
  ])('a definition with %j lacks the credentials %j', async (changes, missing) => {
    const error = missing.length > 0 ? await refusal({ ...valid, ...changes }) : undefined;
    if (!error) await start({ ...valid, ...changes });
    const told = [...(error?.message.matchAll(/`(\w+)` is missing/g) ?? [])].map(
      ([, name]) => name,
    );
    expect(told).toEqual(missing);
  });

  it.each([
    ['clientSecrt', 'clientSecret'],
    ['clientsecret', 'clientSecret'],
    ['tokenUrl', undefined],
    ['baseUrl', 'baseURL'],
    ['scopes', 'scope'],
    ['__proto', undefined],
    ['toString', undefined],
  ])('a definition with `%s` is refused, and `%s` is suggested', async (field, suggestion) => {
    const error = await refusal({ ...valid, [field]: SECRET });
    expect(error.message).toContain(`acme: \`${field}\` is not a member of a definition`);
    const told = /did you mean `(\w+)`\?/.exec(error.message)?.[1];
    expect(told).toBe(suggestion);
    expectNoSecret(error, [SECRET]);
  });

  it('a definition may allow plain http explicitly', async () => {
    const inside = { tokenEndpoint: 'http://auth.svc/token', baseURL: 'http://api.svc' };
    const error = await refusal({ ...valid, ...inside });
    expect(error.message).toMatch(/tokenEndpoint.*https[\s\S]*baseURL.*https/);
    await start({ ...valid, ...inside, allowInsecureOrigins: true });
  });

  it.each([undefined, null, 'acme', 5])('a definition cannot be %j', async (definition) => {
    const error = await refusal(definition as unknown as object);
    expect(error.message).toContain('providers[0]: must be a provider definition');
  });

  it('the definition of a shipped vendor is checked like any other', async () => {
    const error = await refusal(
      zeepay({ server: 'test', clientId: '', clientSecret: '', username: 'u', password: SECRET }),
      tartan({ env: 'a/b', username: '', password: SECRET }),
    );
    expect(error.message).toMatch(/zeepay: `clientId`[\s\S]*zeepay: `clientSecret`/);
    expect(error.message).toMatch(/tartan: `username`/);
    expectNoSecret(error, [SECRET]);
  });
});
