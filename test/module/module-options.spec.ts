import { afterEach, describe, expect, it } from '@jest/globals';

import {
  zeepay,
  type OAuth2ClientError,
  type OAuth2ClientModuleOptions,
  type ProviderDefinition,
} from '../../lib/index.js';
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

describe('the options of the module', () => {
  const refusedOptions = async (options: object) =>
    (await rejection(App.start(options as OAuth2ClientModuleOptions))) as OAuth2ClientError;

  it('invalid options of the module are refused with one error that lists all problems', async () => {
    const error = await refusal(
      { ...valid, scope: '"', clientSecrt: SECRET },
      { ...valid, name: 'shop', baseURL: 'http://x.example', clientSecret: ' ' },
      { ...valid, name: 'shop' },
    );
    for (const line of [
      'acme: `scope`',
      'acme: `clientSecrt`',
      'shop: `baseURL`',
      'shop: `clientSecret`',
      'shop: `name` is used by more than one provider',
    ]) {
      expect(error.message).toContain(line);
    }
    expect(error.provider.split(', ').sort()).toEqual(['acme', 'shop']);
    expectNoSecret(error, [SECRET]);
  });

  it.each<[string, object, RegExp]>([
    ['a misspelled option', { axois: {} }, /`axois` is no option: did you mean `axios`\?/],
    ['no providers', { providers: undefined }, /`providers` must be a list/],
    ['a single provider', { providers: valid }, /`providers` must be a list/],
    ['a base URL for all', { axios: { baseURL: 'https://x.example' } }, /must not set `baseURL`/],
    ['credentials for all', { axios: { auth: { username: 'a' } } }, /must not set `auth`/],
    ['a header for all', { axios: { headers: { authorization: 'x' } } }, /headers.Authorization/],
    ['a store that is none', { store: {} }, /`store` must be a TokenStore/],
    ['another way to verify', { verifyOnStart: true }, /`verifyOnStart` must be 'warn' or 'fail'/],
    ['no store', { store: null }, /`store` must be a TokenStore/],
  ])('the options of the module are refused with %s', async (_what, changes, message) => {
    const error = await refusedOptions({ providers: [valid], ...changes });
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
    expect(error.message).toMatch(/OAuth2ClientModule: /);
    expect(error.message).toMatch(message);
    expectNoSecret(error, [SECRET]);
  });

  it('the options of the module may name no provider', async () => {
    await start();
    expect(app?.http()).toBeDefined();
  });

  it('one vendor may be defined twice under different names', async () => {
    const merchant = { server: 'sandbox', clientId: 'x', clientSecret: 'x', username: 'u' };
    await start(
      zeepay({ ...merchant, name: 'zeepay-gh', password: 'x' }),
      zeepay({ ...merchant, name: 'zeepay-ng', password: 'x' }),
    );
    expect(app?.tokens('zeepay-ng').name).toBe('zeepay-ng');
  });
});
