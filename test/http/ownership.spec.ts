import { describe, expect, it } from '@jest/globals';

import { OAuth2ClientError, systemClock } from '../../lib/index.js';
import { ApiDirectory } from '../../lib/http/api-directory.js';
import type { ApiTokens } from '../../lib/http/api.js';
import { ApiTokenUse } from '../../lib/http/token-use.js';

const API = 'https://api.acme.example';

function directory(apis: Record<string, string[]>): ApiDirectory {
  const tokens = {} as ApiTokens; // routing never asks for a token
  return new ApiDirectory(
    Object.entries(apis).map(([provider, origins]) => ({
      provider,
      tokens,
      use: new ApiTokenUse(undefined, systemClock),
      baseURL: origins[0],
      origins,
      connection: {},
      enabled: true,
    })),
  );
}

function owner(apis: ApiDirectory, url: string, named?: string, bound?: string) {
  return apis.route({ url }, named, bound)?.api.provider;
}

function failure(work: () => unknown): OAuth2ClientError {
  try {
    work();
  } catch (error) {
    return error as OAuth2ClientError;
  }
  throw new Error('expected an error');
}

describe('the owner of a URL', () => {
  it.each([
    ['the origin itself', API, `${API}/`],
    ['the origin without a slash', API, API],
    ['a path', API, `${API}/orders/1?x=1#y`],
    ['the default port', API, `${API}:443/orders`],
    ['an origin in upper case', API, 'HTTPS://API.ACME.EXAMPLE/orders'],
    ['a declaration with the default port', `${API}:443`, `${API}/orders`],
    ['the prefix itself', `${API}/v1`, `${API}/v1`],
    ['below the prefix', `${API}/v1`, `${API}/v1/orders`],
    ['a prefix declared with slashes at its end', `${API}/v1//`, `${API}/v1/orders`],
    ['dots that stay below the prefix', `${API}/v1`, `${API}/v2/../v1/orders`],
    ['a query with anything in it', `${API}/v1`, `${API}/v1/orders?back=/../..%2f\\`],
    ['dots and parameters in names', `${API}/v1`, `${API}/v1/a..b;x=..;y/...`],
    ['an encoded slash in a name', `${API}/v1`, `${API}/v1/files/src%2Fmain.ts`],
  ])('a provider owns a URL with %s', (_what, origin, url) => {
    expect(owner(directory({ acme: [origin] }), url)).toBe('acme');
  });

  it.each([
    ['another host', API, 'https://api.evil.example/'],
    ['a sub-domain', API, 'https://x.api.acme.example/'],
    ['the parent domain', API, 'https://acme.example/'],
    ['a host that begins like it', API, 'https://api.acme.example.evil.example/'],
    ['a host with a trailing dot', API, 'https://api.acme.example./'],
    ['another port', API, `${API}:8443/`],
    ['plain http', API, 'http://api.acme.example/'],
    ['a scheme that is not http', API, 'ftp://api.acme.example/'],
    ['no scheme at all', API, '//api.acme.example/'],
    ['a relative URL', API, '/orders'],
    ['a Cyrillic look-alike', API, 'https://\u0430pi.acme.example/'],
    ['a path that begins like the prefix', `${API}/v1`, `${API}/v10/orders`],
    ['the prefix in another case', `${API}/v1`, `${API}/V1/orders`],
    ['dots that leave the prefix', `${API}/v1`, `${API}/v1/../v2`],
    ['encoded dots that leave the prefix', `${API}/v1`, `${API}/v1/%2e%2E/v2`],
    ['an encoded slash after dots', `${API}/v1`, `${API}/v1/..%2fv2`],
    ['an encoded backslash after dots', `${API}/v1`, `${API}/v1/..%5Cv2`],
    ['encoded dots between encoded slashes', `${API}/v1`, `${API}/v1/x%2f%2e%2e%2f..%2fv2`],
    ['dots after a name with a dot', `${API}/v1`, `${API}/v1/.well-known/../../v2`],
    ['a name with a dot and then the origin', `${API}/v1`, `${API}/v1/.x/../..`],
    ['dots that are encoded twice', `${API}/v1`, `${API}/v1/%252e%252e/v2`],
    ['an encoded slash that is encoded twice', `${API}/v1`, `${API}/v1/..%252fv2`],
    [
      'dots whose escapes are encoded digit by digit',
      `${API}/v1`,
      `${API}/v1/%25%32%65%25%32%65/v2`,
    ],
    ['dots with a parameter', `${API}/v1`, `${API}/v1/..;/v2`],
    ['dots with an encoded parameter', `${API}/v1`, `${API}/v1/..%3bx=1/v2`],
    ['dots before a NUL', `${API}/v1`, `${API}/v1/..%00/v2`],
    ['backslashes that leave the prefix', `${API}/v1`, `${API}/v1\\..\\v2`],
  ])('no provider owns a URL with %s', (_what, origin, url) => {
    expect(owner(directory({ acme: [origin] }), url)).toBeUndefined();
  });

  it('the longest prefix owns a URL, in any order of declaration', () => {
    const claims = { whole: [API], v1: [`${API}/v1`], orders: [`${API}/v1/orders`] };
    const reversed = Object.fromEntries(Object.entries(claims).reverse());
    for (const apis of [directory(claims), directory(reversed)]) {
      expect(owner(apis, `${API}/v2`)).toBe('whole');
      expect(owner(apis, `${API}/v1/things`)).toBe('v1');
      expect(owner(apis, `${API}/v1/orders/7`)).toBe('orders');
    }
  });

  it('a provider owns URLs at each of its origins', () => {
    const apis = directory({ acme: [API, 'https://files.acme.example/up'] });
    expect(owner(apis, 'https://files.acme.example/up/1')).toBe('acme');
    expect(owner(apis, 'https://files.acme.example/down')).toBeUndefined();
  });

  it('a URL that two providers claim equally is an error that names both', () => {
    const apis = directory({ shop: [API], wholesale: [API], other: [`${API}/v1`] });
    const error = failure(() => owner(apis, `${API}/orders`));
    expect(error).toBeInstanceOf(OAuth2ClientError);
    expect(error).toMatchObject({ code: 'PROVIDER_AMBIGUOUS', stage: 'api request' });
    expect(error.message).toMatch(/shop, wholesale/);
    expect(error.message).not.toContain('other');
    expect(owner(apis, `${API}/v1`)).toBe('other');
  });

  it('a provider may claim the same prefix twice', () => {
    expect(owner(directory({ acme: [API, `${API}/`] }), `${API}/orders`)).toBe('acme');
  });

  it('a request gets the token of the provider it names if that provider owns the URL', () => {
    const apis = directory({ shop: [API], wholesale: [API], v1: [`${API}/v1`] });
    expect(owner(apis, `${API}/orders`, 'wholesale')).toBe('wholesale');
    expect(owner(apis, `${API}/v1`, 'shop')).toBe('shop');
    expect(owner(apis, `${API}/orders`, 'wholesale', 'shop')).toBe('wholesale');
  });

  it.each([
    ['a foreign origin', 'https://evil.example/'],
    ['a path outside its prefix', `${API}/v2`],
    ['a path that leaves its prefix', '../v2'],
    ['a URL that is none', 'https://'],
  ])('a request that names a provider and goes to %s is refused', (_what, url) => {
    const error = failure(() => owner(directory({ acme: [`${API}/v1`] }), url, 'acme'));
    expect(error).toMatchObject({ code: 'URL_NOT_OWNED', provider: 'acme', stage: 'api request' });
  });

  it('a relative URL goes to the base URL of the provider that the request names', () => {
    const apis = directory({ shop: [`${API}/v1`, 'https://files.acme.example'] });
    const route = apis.route({ url: 'orders/1' }, 'shop', undefined);
    expect(route).toMatchObject({ api: { provider: 'shop' }, url: { href: `${API}/v1/orders/1` } });
    expect(owner(apis, 'orders/1')).toBeUndefined();
    expect(
      failure(() => apis.route({ url: 'x', baseURL: 'https://evil.example' }, 'shop', undefined)),
    ).toMatchObject({ code: 'URL_NOT_OWNED' });
  });

  it('a request that names an unknown provider fails with the names of the known ones', () => {
    const error = failure(() => owner(directory({ shop: [API] }), `${API}/`, 'shup'));
    expect(error).toMatchObject({ code: 'PROVIDER_UNKNOWN', provider: 'shup' });
    expect(error.message).toContain('shop');
  });

  it('a bound service uses the token of its own provider only', () => {
    const apis = directory({ shop: [API], bank: ['https://api.bank.example'] });
    expect(owner(apis, `${API}/orders`, undefined, 'shop')).toBe('shop');
    expect(() => owner(apis, 'https://api.bank.example/', undefined, 'shop')).toThrow(
      expect.objectContaining({ code: 'URL_NOT_OWNED', provider: 'shop' }),
    );
    expect(owner(directory({ a: [API], b: [API] }), `${API}/`, undefined, 'b')).toBe('b');
  });
});
