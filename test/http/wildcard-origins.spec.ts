import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { systemClock } from '../../lib/index.js';
import type { Api, ApiTokens } from '../../lib/http/api.js';
import { ApiDirectory } from '../../lib/http/api-directory.js';
import { ApiTokenUse } from '../../lib/http/token-use.js';

const api = (provider: string, ...origins: string[]): Api => ({
  provider,
  tokens: {} as ApiTokens,
  use: new ApiTokenUse(undefined, systemClock),
  connection: {},
  baseURL: undefined,
  enabled: true,
  origins,
});

const directory = new ApiDirectory([
  api('x', 'https://*.x.example'),
  api('y', 'https://*.y.example:8443/v1', 'https://eu.y.example'),
]);

/** Whether the WHATWG parser and the words of the definition let a token of `x` or `y` go there. */
function owner(text: string): string | undefined {
  const { protocol, hostname, port, pathname } = new URL(text);
  if (protocol !== 'https:') return undefined;
  const labels = hostname.split('.');
  const [first, ...domain] = labels;
  if (labels.length !== 3 || first === '') return undefined;
  if (domain.join('.') === 'x.example' && port === '') return 'x';
  if (domain.join('.') !== 'y.example') return undefined;
  if (first === 'eu' && port === '') return 'y';
  const isBelow = pathname === '/v1' || pathname.startsWith('/v1/');
  return port === '8443' && isBelow ? 'y' : undefined;
}

const pick = (...values: string[]) => fc.constantFrom(...values);
const words = (text: string) => text.split(' ');

const schemes = pick(
  ...words('https:// https:// https:// HTTPS:// http:// https:/ https:\\\\ ftp://'),
);
const userinfos = pick('', '', '', '', 'u@', 'eu.x.example@', 'eu.x.example:443@', '*.x.example@');
const labels = pick(
  ...words('eu eu1 EU a-b xn--e1afmkfd é * x y %65u 1 127 eu%2ex eu。x evil evil.example'),
  ...['', '', '.'],
);
const domains = pick(
  ...words(
    '.x.example .x.example .X.EXAMPLE .x.example. .y.example .y.example x.example .x.examples',
  ),
  ...words(
    '.x.example.evil.example .xx.example -x.example .evil.example/.x.example .x.example@evil.example',
  ),
  ...words(
    '.evil.example?.x.example .evil.example#.x.example .evil.example\\.x.example .x%2eexample',
  ),
);
const ports = pick('', '', '', '', ...words(':443 :8443 :8443 :80 :0443 :'));
const paths = pick(
  '',
  '/',
  '/v1',
  '/v1/a',
  '/v1a',
  '/v1/../v2',
  '/v1/%2e%2e/v2',
  '/v2',
  '?a=/v1/',
  '#/v1/',
);
const urls = fc
  .tuple(
    schemes,
    userinfos,
    fc.array(labels, { minLength: 1, maxLength: 2 }),
    domains,
    ports,
    paths,
  )
  .map(([scheme, user, names, ...rest]) => [scheme, user, names.join('.'), ...rest].join(''));

const valid = urls.filter((url) => URL.canParse(url));

describe('a wildcard in an origin', () => {
  it('a wildcard stands for exactly one label, as the WHATWG parser reads it', () => {
    const seen = { owned: 0, others: 0 };
    fc.assert(
      fc.property(valid, (url) => {
        const expected = owner(url);
        const route = directory.route({ url }, undefined, undefined);
        expect([url, route?.api.provider]).toEqual([url, expected]);
        for (const provider of ['x', 'y']) {
          const owns = directory.owns(directory.get(provider), url);
          expect([url, provider, owns]).toEqual([url, provider, expected === provider]);
        }
        seen[expected === undefined ? 'others' : 'owned']++;
      }),
      { numRuns: 4_000 },
    );
    expect(Math.min(seen.owned, seen.others)).toBeGreaterThan(100);
  });

  it.each([
    ['https://x.example/', undefined],
    ['https://a.b.x.example/', undefined],
    ['https://.x.example/', undefined],
    ['https://eu.x.example./', undefined],
    ['https://eu.x.example:8443/', undefined],
    ['http://eu.x.example/', undefined],
    ['https://eu.x.example.evil.example/', undefined],
    ['https://eu-x.example/', undefined],
    ['https://eu.x.example:443/a', 'x'],
    ['https://EU.X.EXAMPLE', 'x'],
    ['https://anything.y.example:8443/v1', 'y'],
    ['https://anything.y.example/v1', undefined],
  ])('the owner of %s under wildcards is %s', (url, provider) => {
    expect(directory.route({ url }, undefined, undefined)?.api.provider).toBe(provider);
  });

  it('two wildcards of the same length are ambiguous, so the request must name a provider', () => {
    const rivals = new ApiDirectory([
      api('a', 'https://*.x.example'),
      api('b', 'https://*.x.example'),
    ]);
    const url = 'https://eu.x.example/';
    expect(() => rivals.route({ url }, undefined, undefined)).toThrow('Several providers');
    expect(rivals.route({ url }, 'b', undefined)?.api.provider).toBe('b');
  });

  it('a wildcard with a longer path wins over an origin without a wildcard', () => {
    const rivals = new ApiDirectory([
      api('exact', 'https://eu.x.example'),
      api('wild', 'https://*.x.example/v1'),
    ]);
    const url = 'https://eu.x.example/v1/a';
    expect(rivals.route({ url }, undefined, undefined)?.api.provider).toBe('wild');
  });
});
