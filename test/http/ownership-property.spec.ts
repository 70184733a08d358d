import { describe, expect, it } from '@jest/globals';
import axios from 'axios';
import fc from 'fast-check';

import { OAuth2ClientError, systemClock } from '../../lib/index.js';
import { ApiDirectory } from '../../lib/http/api-directory.js';
import type { ApiTokens } from '../../lib/http/api.js';
import { ApiTokenUse } from '../../lib/http/token-use.js';
import { tryUrl } from '../../lib/util/urls.js';

const CLAIMS = [
  { provider: 'v1', origin: 'https://api.acme.example', prefix: '/v1' },
  { provider: 'orders', origin: 'https://api.acme.example', prefix: '/v1/orders' },
  { provider: 'whole', origin: 'https://whole.example', prefix: '' },
  { provider: 'local', origin: 'http://127.0.0.1:8080', prefix: '/api' },
];

const apis = new ApiDirectory(
  CLAIMS.map(({ provider, origin, prefix }) => ({
    provider,
    tokens: {} as ApiTokens,
    use: new ApiTokenUse(undefined, systemClock),
    connection: {},
    baseURL: origin + prefix,
    enabled: true,
    origins: [origin + prefix],
  })),
);

const pick = (...values: string[]) => fc.constantFrom(...values);
const words = (text: string) => text.split(' ');

const schemes = pick(...words('https: https: HTTPS: http: hTTp: ftp: ws: https'), '');
const slashes = pick(...words('// // // /// / \\\\ /\\ \\/'), '', '/\t/', '//\n');
const userinfos = pick('', '', '', '', ...words('u@ u:p@ @ %40 whole.example:443@'));
const hosts = pick(
  ...words('api.acme.example API.Acme.Example api.acme.example. api%2eacme.example evil.example'),
  ...words('api。acme。example ａpi.acme.example аpi.acme.example xn--whole-.example'),
  ...words('api.acme.example.evil.example whole.example 127.0.0.1 0x7f.1 2130706433 127.0.0.1.'),
  '[::ffff:127.0.0.1]',
  '',
);
const ports = pick('', '', '', ...words(':443 :0443 :80 :8080 :8443 : :08080 :65536'));
const paths = fc
  .array(
    pick(
      ...words('/ / / // v1 V1 v1/ orders api x .. . %2e%2e .%2E %2e %2f %2F %5c \\ é ? # @ : % ;'),
      ...words('/v1/ /v1/ /v1/orders/ /api/ /../ /%2e%2e/ ..%2f /. /.. /.x/ %00'),
      ...['\t', '\n', ' '],
    ),
    { maxLength: 7 },
  )
  .map((parts) => parts.join(''));
const urls = fc
  .oneof(
    { weight: 4, arbitrary: fc.tuple(schemes, slashes, userinfos, hosts, ports, paths) },
    { weight: 1, arbitrary: fc.tuple(paths) },
  )
  .map((parts) => parts.join(''));

const anyone = fc.constantFrom(...CLAIMS);

const configs = fc.record({
  url: urls,
  baseURL: fc.oneof(fc.constant(undefined), pick(...CLAIMS.map((c) => c.origin + c.prefix)), urls),
  allowAbsoluteUrls: fc.constantFrom(undefined, true, false),
});

/** Whether a server that decodes separators and dots could go up from here. */
function climbs(pathname: string): boolean {
  const decoded = pathname.replace(/%2f|%5c|\\/gi, '/').replace(/%2e/gi, '.');
  return decoded.split('/').includes('..');
}

const below = (prefix: string, path: string) => path === prefix || path.startsWith(`${prefix}/`);

/** The providers that may send a token there: the path begins with their prefix and stays below it. */
function claimants({ origin, pathname }: URL): string[] {
  return CLAIMS.filter((claim) => {
    if (claim.origin !== origin) return false;
    return claim.prefix === '' || (below(claim.prefix, pathname) && !climbs(pathname));
  }).map(({ provider }) => provider);
}

/** What a service that is bound to a provider makes of a request; `undefined`: it refuses it. */
function routeBoundTo(provider: string, config: Parameters<typeof apis.route>[0]) {
  try {
    const route = apis.route(config, undefined, provider);
    expect(route).toBeDefined(); // a bound service sends nothing without a token
    return route;
  } catch (error) {
    expect(error).toMatchObject({ name: 'OAuth2ClientError', code: 'URL_NOT_OWNED' });
    return undefined;
  }
}

describe('the owner of any URL that anyone can write', () => {
  it('a provider owns a URL only if the WHATWG parser says so', () => {
    let owned = 0;
    fc.assert(
      fc.property(configs, (config) => {
        const route = apis.route(config, undefined, undefined);
        if (!route) return;
        owned++;
        const url = new URL(route.url!.href);
        expect(claimants(url)).toContain(route.api.provider);
        expect(route.url!.hasUserinfo).toBe(url.username !== '' || url.password !== '');
      }),
      { numRuns: 5_000 },
    );
    expect(owned).toBeGreaterThan(100); // else the generator has missed its aim
  });

  it('the check of a URL does not change where axios sends the request', () => {
    let compared = 0;
    fc.assert(
      fc.property(configs, (config) => {
        const route = apis.route(config, undefined, undefined);
        if (!route) return;
        let byAxios: URL;
        try {
          byAxios = new URL(axios.getUri(config));
        } catch {
          return; // axios refuses it
        }
        compared++;
        expect(new URL(route.url!.href).href).toBe(byAxios.href);
      }),
      { numRuns: 5_000 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  it('a bound service never sends a request with the token of another provider', () => {
    fc.assert(
      fc.property(configs, anyone, (config, { provider }) => {
        const route = routeBoundTo(provider, config);
        if (!route) return;
        expect(route.api.provider).toBe(provider);
        expect(claimants(new URL(route.url!.href))).toContain(provider);
      }),
      { numRuns: 5_000 },
    );
  });

  it('a bound provider owns all URLs below its base URL, and axios sends them there', () => {
    let owned = 0;
    fc.assert(
      fc.property(paths, anyone, (url, { provider, origin, prefix }) => {
        const config = { url, baseURL: origin + prefix };
        const byAxios = tryUrl(axios.getUri(config));
        const route = routeBoundTo(provider, config);
        expect(route !== undefined).toBe(
          byAxios !== undefined && apis.owns(apis.get(provider), byAxios.href),
        );
        if (!route) return;
        owned++;
        expect(new URL(route.url!.href).href).toBe(byAxios!.href);
      }),
      { numRuns: 5_000 },
    );
    expect(owned).toBeGreaterThan(1_000);
  });

  it('a request that names a provider is sent with its token or not at all', () => {
    let owned = 0;
    fc.assert(
      fc.property(configs, anyone, (config, { provider, origin, prefix }) => {
        const based = config.baseURL ? config : { ...config, baseURL: origin + prefix };
        const expected = routeBoundTo(provider, based);
        try {
          const route = apis.route(config, provider, 'whole');
          expect(route).toEqual(expected);
          expect(claimants(new URL(route!.url!.href))).toContain(provider);
          owned++;
        } catch (error) {
          if (!(error instanceof OAuth2ClientError)) throw error;
          expect(error.code).toBe('URL_NOT_OWNED');
          expect(expected).toBeUndefined();
        }
      }),
      { numRuns: 5_000 },
    );
    expect(owned).toBeGreaterThan(100);
  });

  it('a redirect has the same owner as a first request', () => {
    fc.assert(
      fc.property(urls, (url) => {
        for (const { provider } of CLAIMS) {
          const owns = apis.owns(apis.get(provider), url);
          expect(owns).toBe(routeBoundTo(provider, { url }) !== undefined);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
