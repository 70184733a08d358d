import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { HttpService } from '@nestjs/axios';
import { Injectable, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { InjectHttpService } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { selfSigned } from '../support/certificate.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { HastyClock } from '../support/manual-clock.js';
import { App, type AppOptions } from '../support/nest-app.js';
import { OidcServer } from '../support/oidc-server.js';

const CLIENT = {
  client_id: 'shop',
  client_secret: 'p2F8zR5wT1yU7iO3aS9dG4hJ6kL0xC',
};

@Injectable()
class Orders {
  constructor(@InjectHttpService('acme') readonly http: HttpService) {}
}

@Module({ providers: [Orders] })
class OrdersModule {}

interface Mistake {
  /** What is wrong in the definition. */
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly options?: Partial<AppOptions>;
  /** Seconds that the clock of this machine is behind. */
  readonly behind?: number;
}

describe('the first sentence that a user sees', () => {
  let server: OidcServer;
  let api: FakeVendor;
  let secureUrl: string;
  const certificate = selfSigned('127.0.0.1', new Date('2099-01-01'));
  const secure = createServer(certificate, (_request, response) => response.end('{}'));

  beforeAll(async () => {
    server = await OidcServer.start([
      { ...CLIENT, token_endpoint_auth_method: 'client_secret_post' },
      {
        ...CLIENT,
        client_id: 'shop-jwt',
        token_endpoint_auth_method: 'client_secret_jwt',
      },
    ]);
    api = await FakeVendor.start();
    // oidc-provider takes a client secret at either place; this token endpoint looks into the body alone.
    api.onToken = ({ form }) =>
      form['client_secret'] === CLIENT.client_secret
        ? api.grant()
        : { status: 401, body: { error: 'invalid_client' } };
    api.onApi = (request) =>
      request.path.startsWith('/v2/') ? server.introspecting(request) : { status: 404 };
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    secureUrl = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    secure.close();
    secure.closeAllConnections();
    await Promise.all([server.close(), api.close()]);
  });

  /** A definition that works with that server; each test makes one mistake in it. */
  const rightDefinition = () => ({
    tokenEndpoint: `${server.url}/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT.client_id,
    clientSecret: CLIENT.client_secret,
    baseURL: `${api.url}/v2`,
  });

  /** Starts an app and calls the API. Returns the log and the error, as a terminal shows them. */
  async function seen({ changes, options, behind = 0 }: Mistake): Promise<string[]> {
    const clock = new HastyClock();
    clock.setWall(Date.now() - behind * 1_000 - clock.now());
    const providers = [acme(api, { ...rightDefinition(), ...changes })];
    const lines: string[] = [];
    let app: App | undefined;
    try {
      app = await App.start({
        isGlobal: true,
        imports: [OrdersModule],
        providers,
        runtime: { clock, random: () => 0 },
        adjust: (builder) =>
          builder.setLogger({
            log: () => {},
            warn: (line: unknown) => void lines.push(String(line)),
            error: (line: unknown) => void lines.push(String(line)),
          }),
        ...options,
      });
      await firstValueFrom(app.module.get(Orders, { strict: false }).http.get('/orders'));
    } catch (error) {
      lines.push((error as Error).message);
    } finally {
      await app?.close();
    }
    return lines;
  }

  const firstSentence = ([first = '']: readonly string[]) => first.split(/\.\s/)[0]!;

  it('an app without a mistake logs no error', async () => {
    expect(await seen({})).toEqual([]);
    const changes = { clientId: 'shop-jwt', clientAuthentication: 'client_secret_jwt' };
    expect(await seen({ changes })).toEqual([]);
  });

  it.each<[string, () => Mistake, RegExp]>([
    [
      'the wrong client authentication',
      () => ({ changes: { tokenEndpoint: `${api.url}/token`, clientAuthentication: undefined } }),
      /answered 401 to `clientAuthentication: 'client_secret_basic'`/,
    ],
    [
      'the wrong grant',
      () => ({ changes: { grantType: 'password', username: 'ama', password: 'a word' } }),
      /answered 400 to `grantType: 'password'`/,
    ],
    [
      'the wrong URL',
      () => ({ changes: { tokenEndpoint: `${server.url}/oauth/token` } }),
      /answered 404 to `tokenEndpoint: 'http:\/\/127\.0\.0\.1:\d+\/oauth\/token'`/,
    ],
    [
      'the wrong encoding',
      () => ({ changes: { encoding: 'json' } }),
      /answered 400 to `encoding: 'json'`/,
    ],
    [
      'the wrong base URL',
      () => ({ changes: { baseURL: `${api.url}/v1` } }),
      /the API answered 404 to its first request: check `baseURL` \(http:\/\/127\.0\.0\.1:\d+\/v1\)/,
    ],
    [
      'http in place of https',
      () => ({ changes: { tokenEndpoint: 'http://login.acme.example/token' } }),
      /`tokenEndpoint` must be an https URL/,
    ],
    [
      'a missing environment variable',
      () => ({ changes: { clientSecret: process.env['NESTJS_OAUTH2_CLIENT_IS_NOT_SET'] } }),
      /`clientSecret` is missing: .* environment variable that is not set/,
    ],
    [
      'a self-signed certificate',
      () => ({ changes: { tokenEndpoint: `${secureUrl}/token` } }),
      /The certificate of 127\.0\.0\.1:\d+ is self-signed/,
    ],
    [
      'a module that is not global',
      () => ({ options: { isGlobal: false } }),
      /Orders in OrdersModule injects the provider "acme", which is declared in RootTestModule but is not visible in OrdersModule/,
    ],
    [
      'a wrong clock',
      () => ({
        changes: { clientId: 'shop-jwt', clientAuthentication: 'client_secret_jwt' },
        behind: 600,
      }),
      /the clocks differ: that of the vendor is (599|600) s ahead/,
    ],
  ])('names the mistake or its cure: %s', async (_what, make, expected) => {
    const lines = await seen(make());
    expect(firstSentence(lines)).toMatch(expected);
  });
});
