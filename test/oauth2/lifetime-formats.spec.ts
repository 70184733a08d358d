import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { LifetimeFormat } from '../../lib/oauth2/lifetime.js';
import { rejection } from '../support/collect.js';
import {
  EndpointBench,
  granted,
  scriptedTransport,
  type EndpointOptions,
} from '../support/endpoint-bench.js';

const VENDOR = { url: 'https://vendor.example' };
const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1); // of the manual clock

/** Milliseconds that a token lives by an answer. */
async function lifetimeOf(members: object, options: EndpointOptions): Promise<number> {
  const transport = scriptedTransport(() => granted(members));
  const bench = new EndpointBench(VENDOR, options, { transport });
  return (await bench.ask()).expiresAt - START;
}

const jwt = (claims: object) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

describe('a lifetime that the definition declares', () => {
  it.each<[LifetimeFormat, unknown]>([
    ['seconds', 3_600],
    ['milliseconds', HOUR],
    ['milliseconds', String(HOUR)],
    ['epoch_seconds', (START + HOUR) / 1_000],
    ['epoch_seconds', String((START + HOUR) / 1_000)],
    ['epoch_milliseconds', START + HOUR],
    ['date', new Date(START + HOUR).toISOString()],
    ['date', new Date(START + HOUR).toUTCString()],
  ])('a lifetime in %s is read from %j', async (lifetimeFormat, expires_in) => {
    expect(await lifetimeOf({ expires_in }, { lifetimeFormat })).toBe(HOUR);
  });

  it('with the format jwt the exp of the access token counts, not expires_in', async () => {
    const access_token = jwt({ exp: (START + HOUR) / 1_000 });
    const members = { access_token, expires_in: 60 };
    expect(await lifetimeOf(members, { lifetimeFormat: 'jwt' })).toBe(HOUR);
  });

  it('without the format jwt the exp of a JWT is ignored', async () => {
    const access_token = jwt({ exp: (START + 100 * HOUR) / 1_000 });
    expect(await lifetimeOf({ access_token }, {})).toBe(300_000);
    expect(await lifetimeOf({ access_token, expires_in: 60 }, {})).toBe(60_000);
  });

  it.each([
    ['is no JWT', 'opaque'],
    ['has no exp', jwt({})],
    ['has junk as exp', jwt({ exp: 'soon' })],
    ['has null as payload', 'e30.bnVsbA.x'],
    ['has no JSON as payload', 'a.b.c'],
  ])(
    'with the format jwt the default lifetime counts if the access token %s',
    async (_what, access_token) => {
      const options: EndpointOptions = { lifetimeFormat: 'jwt', defaultLifetime: 60 };
      expect(await lifetimeOf({ access_token }, options)).toBe(60_000);
    },
  );

  it.each<LifetimeFormat>([
    'seconds',
    'milliseconds',
    'epoch_seconds',
    'epoch_milliseconds',
    'date',
  ])(
    'as %s is the default where it is junk or absent, and always a date',
    async (lifetimeFormat) => {
      const options = { lifetimeFormat, defaultLifetime: 60 };
      for (const expires_in of [undefined, null, '', 'soon', {}, true]) {
        expect(await lifetimeOf({ expires_in }, options)).toBe(60_000);
      }
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), async (expires_in) => {
          expect(Number.isFinite(await lifetimeOf({ expires_in }, options))).toBe(true);
        }),
      );
    },
  );

  it.each([
    ['expires_in', { expires_in: 86_400 }, {}],
    ['a forged exp', { access_token: jwt({ exp: 9e9 }) }, { lifetimeFormat: 'jwt' as const }],
    ['the default', {}, { defaultLifetime: 86_400 }],
  ])('maxLifetime limits the lifetime: %s', async (_what, members, options) => {
    expect(await lifetimeOf(members, { ...options, maxLifetime: 3_600 })).toBe(HOUR);
    expect(await lifetimeOf({ ...members, expires_in: 60 }, { maxLifetime: 3_600 })).toBe(60_000);
  });

  it('a lifetime in the past serves for a second and causes no loop', async () => {
    const transport = scriptedTransport(() => granted({ expires_in: START / 1_000 - 60 }));
    const bench = new EndpointBench(VENDOR, { lifetimeFormat: 'epoch_seconds' }, { transport });
    for (let i = 0; i < 30; i++) {
      await bench.provider.getToken();
      bench.clock.advance(100);
    }
    expect(transport.requests).toHaveLength(3);
  });
});

describe('a required scope', () => {
  const tokensOf = (members: object, options: EndpointOptions) => {
    const transport = scriptedTransport(() => granted(members));
    return new EndpointBench(VENDOR, options, { transport }).ask();
  };

  it.each(['read', ['read', 'write'], 'write read'])(
    'the required scope %j is granted',
    async (requiredScope) => {
      const tokens = await tokensOf({ scope: 'write read admin' }, { requiredScope });
      expect(tokens.scope).toBe('write read admin');
    },
  );

  it('a required scope counts as granted if the response names none and it was requested', async () => {
    await tokensOf({}, { scope: 'read', requiredScope: 'read' });
  });

  it('a missing required scope fails the renewal and is named', async () => {
    const options = { scope: 'read write', requiredScope: 'read write' };
    const error = await rejection(tokensOf({ scope: 'read' }, options));
    expect(error).toMatchObject({ code: 'TOKEN_RESPONSE_INVALID', retryable: false });
    expect(String(error)).toContain('`scope` lacks the required write');
  });

  it('a required scope is not granted by a longer name', async () => {
    const error = await rejection(tokensOf({ scope: 'readonly' }, { requiredScope: 'read' }));
    expect(error).toMatchObject({ code: 'TOKEN_RESPONSE_INVALID' });
  });
});

describe('what a vendor says about renewal', () => {
  it('refresh_in and refresh_expires_in are read in seconds', async () => {
    for (const name of ['refresh_expires_in', 'refresh_token_expires_in']) {
      const transport = scriptedTransport(() => granted({ refresh_in: '60', [name]: 7_200 }));
      const tokens = await new EndpointBench(VENDOR, {}, { transport }).ask();
      expect(tokens.refreshAt).toBe(START + 60_000);
      expect(tokens.refreshExpiresAt).toBe(START + 2 * HOUR);
      expect(Object.keys(tokens.extra)).toEqual([]);
    }
  });

  it.each([0, -1, 'soon', null, {}])('refresh_in of %j is ignored', async (junk) => {
    const members = { refresh_in: junk, refresh_expires_in: junk };
    const transport = scriptedTransport(() => granted(members));
    const tokens = await new EndpointBench(VENDOR, {}, { transport }).ask();
    expect([tokens.refreshAt, tokens.refreshExpiresAt]).toEqual([undefined, undefined]);
  });
});
