import type { JsonWebKey } from 'node:crypto';
import { Agent } from 'node:https';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { defineProvider, type ProviderDefinition } from '../../lib/index.js';
import { Secret, type JwtOptions } from '../../lib/define.js';
import { keyPair, pem } from '../support/keys.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

/** A secret for each place, so that a failure tells which one it was. */
const secrets: string[] = [];
const secret = () => {
  secrets.push(`Kx${secrets.length}-mQ7z_pLw4-${(secrets.length * 7_919).toString(36)}vT9`);
  return secrets.at(-1)!;
};
const request = () => ({
  encoding: 'json',
  parameters: { a: secret(), list: [secret(), { deep: { er: secret() } }] },
  query: { a: secret() },
  headers: { 'x-a': secret() },
});
const { privateKey } = keyPair('P-256');
const material = pem(privateKey);
// As it comes from a file: what Node exports in a test is an object of another realm.
const jwk = JSON.parse(JSON.stringify(privateKey.export({ format: 'jwk' }))) as JsonWebKey;

/** Every place of a definition that may hold a secret holds one. */
const full = {
  name: 'acme',
  tokenEndpoint: 'https://auth.acme.example/token',
  baseURL: 'https://api.acme.example',
  grantType: 'custom',
  clientId: 'shop',
  clientSecret: secret(),
  password: secret(),
  refreshToken: secret(),
  subjectToken: secret(),
  actorToken: secret(),
  credentials: { apiKey: secret(), other: secret() },
  ...request(),
  clientAssertion: { key: material, algorithm: 'ES256' },
  assertion: { key: jwk },
  before: { one: { url: '/1', ...request() }, two: { url: '/2', ...request() } },
  after: { three: { url: '/3', ...request() } },
  refresh: { url: '/r', ...request() },
  revocation: { url: '/x', ...request() },
  use: { header: 'x-token', headers: { 'x-key': secret(), 'x-other': secret() } },
};

const hidden = [...secrets, jwk.d!, ...material.split('\n').slice(1, -2)];
const printed = (value: unknown) => [
  inspect(value, { showHidden: true, depth: 20 }),
  inspect(value, { showHidden: true, depth: 20, customInspect: false, getters: true }),
  JSON.stringify(value),
  String(value),
  Object.values(value as object)
    .map(String)
    .join(),
];

/** As what a parser of configuration makes may be. */
const bare = (members: object): object => Object.assign(Object.create(null) as object, members);

describe('a definition that is printed', () => {
  const definition = defineProvider(full as unknown as ProviderDefinition);

  it('a printed definition shows no secret, wherever the secret is', () => {
    expect(hidden.length).toBeGreaterThan(35);
    for (const [n, text] of printed(definition).entries()) {
      const shown = hidden
        .filter((value) => text.includes(value))
        .map((value) => hidden.indexOf(value));
      expect([n, shown]).toEqual([n, []]);
    }
    expectNoSecret(definition, hidden);
  });

  it.each<[string, (value: string) => object]>([
    ['claims', (value) => ({ clientAssertion: { key: privateKey, claims: { key: value } } })],
    ['credentials without a prototype', (a) => ({ credentials: bare({ a }) })],
    ['a part without a prototype', (a) => ({ use: bare({ headers: { a } }) })],
  ])('shows no secret in %s', (_where, changes) => {
    const value = 'Vx81-mQz7_pLw4';
    const { name, tokenEndpoint, baseURL, clientId } = full;
    const plain = { name, tokenEndpoint, baseURL, clientId, ...changes(value) };
    expectNoSecret(defineProvider(plain as unknown as ProviderDefinition), [value]);
  });

  it('a printed definition hides secrets in axios options, and axios still reads them', () => {
    const [passphrase, password, key, after] = [secret(), secret(), secret(), secret()];
    const axios = {
      timeout: 5_000,
      httpsAgent: new Agent({ passphrase, key }),
      headers: { 'x-key': key },
      proxy: { host: 'proxy.example', port: 3128, auth: { username: 'u', password } },
    };
    const { name, tokenEndpoint, baseURL, clientId } = full;
    const plain = { name, tokenEndpoint, baseURL, clientId, clientSecret: secret(), axios };
    const acme = defineProvider(plain);
    const changed = defineProvider({ ...acme, axios: { ...acme.axios, headers: { after } } });
    for (const definition of [acme, { ...acme, name: 'other' }, changed]) {
      const text =
        inspect(definition, { showHidden: true, depth: 20 }) + JSON.stringify(definition);
      const shown = [passphrase, password, key, after].filter((value) => text.includes(value));
      expect(shown).toEqual([]);
    }
    expect(JSON.parse(JSON.stringify(acme.axios))).toMatchObject({ httpsAgent: '[redacted]' });
    expect({ ...acme.axios }).toEqual(axios);
    expect(acme.axios?.httpsAgent).toBe(axios.httpsAgent);
    expect(changed.axios?.proxy).toBe(axios.proxy);
  });

  it('the search for secrets finds every secret in a definition that hides none', () => {
    const text = inspect(full, { showHidden: true, depth: 20 });
    for (const value of hidden) expect(text).toContain(value);
  });

  it('a printed definition shows values that are not secret', () => {
    const text = inspect(definition, { depth: 20 });
    for (const open of ['acme', 'shop', 'https://auth.acme.example/token', 'x-token', 'ES256']) {
      expect(text).toContain(open);
    }
  });

  it('a definition keeps its secrets and may be passed to defineProvider again', () => {
    const twice = defineProvider(definition) as unknown as typeof full;
    const revealed = (value: unknown) => (value as Secret).reveal();
    expect(revealed(twice.clientSecret)).toBe(full.clientSecret);
    expect(revealed(twice.before.one.headers['x-a'])).toBe(full.before.one.headers['x-a']);
    expect(revealed(twice.parameters.list[0])).toBe(full.parameters.list[0]);
    expect(JSON.parse(revealed(twice.assertion.key))).toEqual(jwk);
  });

  it('defineProvider does not change functions, numbers and foreign objects', () => {
    const fn = () => 'x';
    const key = privateKey;
    const { parameters, clientAssertion } = defineProvider({
      ...full,
      parameters: { fn, n: 5, yes: true },
      clientAssertion: { key },
    } as unknown as ProviderDefinition);
    expect(parameters).toEqual({ fn, n: 5, yes: true });
    expect((clientAssertion as JwtOptions).key).toBe(key);
  });
});

describe('an app with such a definition', () => {
  it('nothing that the module keeps prints a secret of a definition', async () => {
    const { subjectToken: _s, actorToken: _a, password: _p, ...definition } = full;
    const provider = defineProvider(definition as unknown as ProviderDefinition);
    const app = await App.start({ providers: [provider] });
    const { container } = app.module as unknown as { container: { getModules(): NestModules } };
    const own = [...container.getModules().values()].filter((m) => m.name === 'OAuth2ClientModule');
    const kept = own.flatMap(({ providers }) => [...providers.values()].map((p) => p.instance));
    expect(kept.length).toBeGreaterThan(6);
    for (const instance of kept) {
      const text = inspect(instance, { depth: 8, showHidden: true });
      expect(hidden.filter((value) => text.includes(value)).length).toBe(0);
    }
    await app.close();
  });
});

type NestModules = Map<
  string,
  { readonly name: string; readonly providers: Map<unknown, { readonly instance: unknown }> }
>;
