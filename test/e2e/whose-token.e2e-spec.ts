import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { firstValueFrom } from 'rxjs';

import { values, type OAuth2ClientModuleOptions, type TokenStore } from '../../lib/index.js';
import { RedisTokenStore } from '../../lib/stores/redis.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { keyPair } from '../support/keys.js';
import { impatientClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { RedisServer } from '../support/redis-server.js';

let server: RedisServer;
let client: Redis;
let vendor: FakeVendor;
let store: TokenStore;
let apps: App[];

beforeAll(async () => {
  server = await RedisServer.start();
  client = new Redis(server.url);
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});
beforeEach(async () => {
  vendor = await FakeVendor.start();
  vendor.onApi = ({ token }) => ({ body: { token } });
  store = new RedisTokenStore({ client, encryptionKeys: [randomBytes(32)], prefix: randomUUID() });
  apps = [];
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await vendor.close();
});

/** An instance of the app. */
async function start(...definitions: object[]): Promise<App> {
  const providers = definitions.map((changes) => ({
    name: 'acme',
    clientId: 'client',
    clientSecret: 'secret-of-the-client',
    tokenEndpoint: `${vendor.url}/token`,
    baseURL: vendor.url,
    ...changes,
  })) as OAuth2ClientModuleOptions['providers'];
  const app = await App.start({ runtime: { clock: impatientClock(200) }, store, providers });
  apps.push(app);
  return app;
}

const byRefreshToken = (refreshToken: unknown) => ({ grantType: 'refresh_token', refreshToken });

async function call(app: App, provider = 'acme', oauth2 = {}): Promise<string> {
  const { data } = await firstValueFrom(app.http(provider).get('/me', { oauth2 }));
  return (data as { token: string }).token;
}

/** Rotates refresh tokens such as `ama-3`; one that comes twice ends its family. */
function rotating(): { readonly sent: string[]; readonly over: Set<string> } {
  const newest = new Map<string, number>();
  const over = new Set<string>();
  const sent: string[] = [];
  vendor.onToken = ({ form }) => {
    const refreshToken = form['refresh_token'] ?? '';
    const [account = '', number] = refreshToken.split('-');
    sent.push(refreshToken);
    if (over.has(account) || (newest.get(account) ?? 0) !== Number(number)) {
      over.add(account);
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    newest.set(account, Number(number) + 1);
    const access_token = `access-of-${account}-${sent.length}`;
    const refresh_token = `${account}-${Number(number) + 1}`;
    return { body: { access_token, token_type: 'Bearer', expires_in: 3600, refresh_token } };
  };
  return { sent, over };
}

describe('two deployments of one client that share a store', () => {
  it('two deployments of one client that are connected to two accounts each use their own token', async () => {
    rotating();
    expect(await call(await start(byRefreshToken('ama-0')))).toMatch(/^access-of-ama/);
    expect(await call(await start(byRefreshToken('kofi-0')))).toMatch(/^access-of-kofi/);
  });

  it('deployments with an old and a new signing key each get a token of their own', async () => {
    const [old, fresh] = [keyPair('P-256').privateKey, keyPair('P-384').privateKey];
    const client = { clientSecret: undefined, clientAuthentication: 'private_key_jwt' };
    const by = (key: unknown) => start({ ...client, clientAssertion: { key: () => key } });
    const tokens = [
      await call(await by(old)),
      await call(await by(fresh)),
      await call(await by(old)),
    ];
    expect(tokens[0]).not.toBe(tokens[1]);
    expect(tokens[2]).toBe(tokens[0]);
  });
});

describe('an operator who configures one refresh token after the other', () => {
  it('no used refresh token is sent when refresh tokens are configured one after the other, whatever is restarted', async () => {
    const { sent, over } = rotating();
    for (const account of ['ama', 'kofi', 'esi']) {
      let app = await start(byRefreshToken(`${account}-0`));
      for (let renewal = 0; renewal < 13; renewal++) {
        expect(await call(app)).toMatch(new RegExp(`^access-of-${account}`));
        app.tokens('acme').invalidate();
      }
      app = await start(byRefreshToken(`${account}-0`));
      expect(await call(app)).toMatch(new RegExp(`^access-of-${account}`));
      over.add(account);
      app.tokens('acme').invalidate();
      await rejection(call(app));
    }
    expect(new Set(sent.filter((token, n) => sent.indexOf(token) !== n)).size).toBe(0);
  });

  it('an instance that starts with a successor of the configured refresh token continues its family', async () => {
    const { sent } = rotating();
    const one = await start(byRefreshToken('ama-0'));
    for (let renewal = 0; renewal < 3; renewal++) {
      await call(one);
      one.tokens('acme').invalidate();
    }
    const other = await start(byRefreshToken('ama-2'));
    expect(await call(other)).toMatch(/^access-of-ama/);
    expect(sent).toEqual(sent.map((_, n) => `ama-${n}`));
  });
});

describe('tenants that live on one consent', () => {
  it('tenants with one consent use its refresh token in turn, in two instances with a database', async () => {
    const { sent } = rotating();
    const rows = new Map(['a', 'b', 'c'].map((tenant) => [tenant, 'ama-0']));
    const definition = {
      ...byRefreshToken(({ subject = '' }) => rows.get(subject)),
      onTokenSet: (tokens: { refreshToken: string }, { subject = '' }) =>
        void rows.set(subject, tokens.refreshToken),
    };
    const instances = [await start(definition), await start(definition)];
    for (let round = 0; round < 3; round++) {
      const calls = [...rows.keys()].map((subject, n) =>
        call(instances[(n + round) % 2]!, 'acme', { subject }),
      );
      const tokens = await Promise.all(calls);
      expect(new Set(tokens).size).toBe(3);
      for (const subject of rows.keys()) {
        for (const app of instances) app.tokens('acme').invalidate({ subject });
      }
    }
    expect(sent).toEqual(sent.map((_, n) => `ama-${n}`));
  });

  it('tenants with one consent use its refresh token in turn, although two providers are configured with it', async () => {
    const { sent } = rotating();
    const app = await start(byRefreshToken('ama-0'), { ...byRefreshToken('ama-0'), name: 'other' });
    await Promise.all([call(app), call(app, 'other')]);
    expect(sent).toEqual(['ama-0', 'ama-1']);
  });
});

describe('instances of a definition that differ in a constant', () => {
  const warnings = () =>
    apps.flatMap(({ log }) => log.lines).filter((line) => line.includes('different constants'));

  it('instances whose definitions differ only in a header about the program share their token', async () => {
    const of = (pod: string) => start({ headers: { 'User-Agent': `app (${pod})` } });
    const [one, other] = [await of('pod-1'), await of('pod-2')];
    expect(await call(other)).toBe(await call(one));
    expect(warnings()).toEqual([]);
  });

  it.each(['headers', 'parameters', 'query'])(
    'instances whose definitions differ in a constant of `%s` log that they share no token, and name the constant',
    async (place) => {
      const of = (pod: string) =>
        start({ [place]: { 'x-instance': pod, 'x-api-key': 'key-of-both' } });
      const [one, other] = [await of('pod-1'), await of('pod-2')];
      expect(await call(other)).not.toBe(await call(one));
      expect(warnings()).toEqual([expect.stringContaining(`in \`${place}.x-instance\``)]);
    },
  );

  it('instances share their token if a function stands in place of the constant', async () => {
    const of = (pod: string) => start({ headers: { 'x-instance': () => pod } });
    const [one, other] = [await of('pod-1'), await of('pod-2')];
    expect(await call(other)).toBe(await call(one));
    expect(warnings()).toEqual([]);
  });
});

describe('a definition whose functions may read secrets', () => {
  const lines = (app: App) => app.log.lines.filter((line) => line.includes('has functions'));
  const sign = () => ({ headers: { 'x-signature': 'of something' } });

  it('a definition whose functions may read secrets is named once in the log at start', async () => {
    const app = await start({ sign, parameters: { otp: () => '123456', id: values.uuid } });
    expect(lines(app)).toEqual([
      expect.stringMatching(/^log \[acme\] .*: `parameters.otp`, `sign`\./),
    ]);
  });

  it('a definition that declares what its functions read is not named in the log', async () => {
    expect(lines(await start({ sign, credentials: { key: 'key-of-the-signature' } }))).toEqual([]);
  });
});
