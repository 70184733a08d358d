import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { expectNoSecret } from '../support/secrets.js';
import { EndpointBench, granted, scriptedTransport } from '../support/endpoint-bench.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * 60 * MINUTE;
const NOWHERE = { url: 'https://vendor.example' };

/** Milliseconds that a token lives by an answer; the text is JSON, so that any number can be told. */
async function lifetimeOf(expiresIn: string | undefined, options = {}): Promise<number> {
  const member = expiresIn === undefined ? '' : `,"expires_in":${expiresIn}`;
  const transport = scriptedTransport(() => ({ body: `{"access_token":"t"${member}}` }));
  const bench = new EndpointBench(NOWHERE, options, { transport });
  return (await bench.ask()).expiresAt - bench.clock.now();
}

describe('expires_in', () => {
  it.each([
    ['3600', 60 * MINUTE],
    ['"3600"', 60 * MINUTE],
    ['" 3600 "', 60 * MINUTE],
    ['3600.5', 60 * MINUTE + 500],
    ['3.6e3', 60 * MINUTE],
    ['31536000', YEAR],
    ['315360000', 10 * YEAR],
    ['2147483648', 2_147_483_648_000],
  ])('expires_in of %s is used as it is', async (said, lifetime) => {
    expect(await lifetimeOf(said)).toBe(lifetime);
  });

  it.each(['0', '"0"', '-5'])('expires_in of %s does not count as missing', async (said) => {
    expect(await lifetimeOf(said)).toBe(Number(JSON.parse(said)) * 1_000);
  });

  it.each([
    undefined,
    'null',
    '""',
    '" "',
    '"soon"',
    '"3600s"',
    'true',
    'false',
    '{}',
    '[]',
    '[3600]',
    '1e999',
    '-1e999',
    '"NaN"',
    '"Infinity"',
  ])('expires_in of %s is invalid, and the token lives five minutes', async (said) => {
    expect(await lifetimeOf(said)).toBe(5 * MINUTE);
  });

  /** What the log is told when two logins have the same answer; the time of the bench is in 2026. */
  const doubts = async (said: string | undefined, options: object) => {
    const member = said === undefined ? '' : `,"expires_in":${said}`;
    const transport = scriptedTransport(() => ({ body: `{"access_token":"a-token"${member}}` }));
    const bench = new EndpointBench(NOWHERE, options, { transport });
    await bench.ask();
    await bench.ask();
    return bench.events;
  };

  it.each<[string | undefined, object]>([
    ['3600', {}],
    ['0', {}],
    ['315360000', {}],
    ['"2030-12-31T23:59:59Z"', { lifetimeFormat: 'date' }],
    [undefined, { defaultLifetime: 300 }],
    ['null', { defaultLifetime: 300 }],
    [undefined, { defaultLifetime: 300, response: { expiresIn: 'valid_for' } }],
    ['3153600000', { maxLifetime: 3_600 }],
  ])('expires_in of %s causes no warning with %j', async (said, options) => {
    expect(await doubts(said, options)).toEqual([]);
  });

  it.each<[string | undefined, object, object]>([
    [undefined, {}, { problem: 'missing', value: undefined, seconds: 300 }],
    ['null', {}, { problem: 'missing', value: undefined }],
    [undefined, { lifetimeFormat: 'milliseconds' }, { problem: 'missing' }],
    [undefined, { lifetimeFormat: 'jwt' }, { problem: 'missing', format: 'jwt' }],
    [undefined, { response: { expiresIn: 'valid_for' } }, { problem: 'missing' }],
    ['"soon"', {}, { problem: 'unreadable', value: '"soon"', end: undefined }],
    ['"soon"', { defaultLifetime: 60 }, { problem: 'unreadable', seconds: 60 }],
    ['""', {}, { problem: 'unreadable', value: '""' }],
    ['true', {}, { problem: 'unreadable', value: 'a boolean' }],
    ['"31.12.2030 23:59"', { lifetimeFormat: 'date' }, { value: '"31.12.2030 23:59"' }],
    ['-5', {}, { problem: 'past', value: '-5', end: expect.anything() }],
    ['3600', { lifetimeFormat: 'epoch_seconds' }, { problem: 'past', value: '3600' }],
    ['"2020-01-01"', { lifetimeFormat: 'date' }, { problem: 'past', value: '"2020-01-01"' }],
    ['315360001', {}, { problem: 'far', value: '315360001' }],
    ['"9999-12-31T23:59:59Z"', { lifetimeFormat: 'date' }, { problem: 'far' }],
  ])('expires_in of %s causes one warning with %j', async (said, options, doubt) => {
    const event = { type: 'lifetime.doubtful', provider: 'acme', ...doubt };
    expect(await doubts(said, options)).toEqual([expect.objectContaining(event)]);
  });

  it.each<[string, object, string]>([
    ['in', {}, 'epoch_seconds'],
    ['in', { lifetimeFormat: 'epoch_milliseconds' }, 'epoch_seconds'],
    ['for', { lifetimeFormat: 'epoch_seconds' }, 'seconds'],
  ])(
    'the warning about a lifetime of %s another unit suggests the unit: %j',
    async (as, is, unit) => {
      const soon = new EndpointBench(NOWHERE).clock.now() + HOUR;
      const [event] = await doubts(as === 'for' ? '7200' : String(Math.floor(soon / 1_000)), is);
      expect(event).toMatchObject({ fitting: expect.arrayContaining([unit]) });
    },
  );

  it('a secret in the place of a lifetime is not shown', async () => {
    for (const place of ['access_token', 'session']) {
      const transport = scriptedTransport(() =>
        granted({ access_token: '0123-456-789', session: 'dGhpcyBpcyBhIHNlc3Npb24' }),
      );
      const options = { response: { expiresIn: place } };
      const bench = new EndpointBench(NOWHERE, options, { transport });
      await bench.ask();
      expect(bench.events).toMatchObject([{ type: 'lifetime.doubtful', problem: 'unreadable' }]);
      expectNoSecret(bench.events, ['0123-456-789', 'dGhpcyBpcyBhIHNlc3Npb24']);
    }
  });

  it('a missing or invalid lifetime falls back to defaultLifetime', async () => {
    expect(await lifetimeOf(undefined, { defaultLifetime: 60 })).toBe(MINUTE);
    expect(await lifetimeOf('"junk"', { defaultLifetime: 60 })).toBe(MINUTE);
    expect(await lifetimeOf('30', { defaultLifetime: 60 })).toBe(MINUTE / 2);
  });

  it.each(['9007199254740993', '1e300', '1.7e308', '-1.7e308'])(
    'expires_in of %s, larger than any date, never becomes NaN',
    async (said) => {
      const lifetime = await lifetimeOf(said);
      expect(Number.isFinite(lifetime)).toBe(true);
      expect(Number.isNaN(new Date(lifetime).getTime())).toBe(false);
    },
  );

  it('expires_in of any JSON causes at most one login per second', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (said) => {
        const transport = scriptedTransport(() => ({
          body: `{"access_token":"t","expires_in":${said}}`,
        }));
        const { provider, clock } = new EndpointBench(NOWHERE, {}, { transport });
        for (let i = 0; i < 10; i++) {
          expect((await provider.getToken()).accessToken).toBe('t');
          clock.advance(100);
        }
        expect(transport.requests).toHaveLength(1);
      }),
    );
  });

  it('a token that lives a year is requested once a year', async () => {
    const transport = scriptedTransport(() => granted({ expires_in: YEAR / 1_000 }));
    const { provider, clock } = new EndpointBench(NOWHERE, {}, { transport });
    for (let i = 0; i < 364; i++) {
      await provider.getToken();
      clock.advance(YEAR / 365);
    }
    expect([transport.requests.length, clock.pending]).toEqual([1, 0]);
  });

  it('a missing lifetime is endless with `defaultLifetime: Infinity`', async () => {
    const transport = scriptedTransport(() => granted());
    const options = { defaultLifetime: Infinity };
    const { provider, clock } = new EndpointBench(NOWHERE, options, { transport });
    for (let i = 0; i < 50; i++) {
      const { expiresAt } = await provider.getToken();
      expect(new Date(expiresAt).getFullYear()).toBeGreaterThan(200_000);
      clock.advance(YEAR);
    }
    expect([transport.requests.length, clock.pending]).toEqual([1, 0]);
    await provider.renew('token');
    expect(transport.requests).toHaveLength(2);
  });

  it('a lifetime counts from the request, not from the response', async () => {
    const transport = scriptedTransport(() => {
      bench.clock.advance(9_000);
      return granted({ expires_in: 60 });
    });
    const bench = new EndpointBench(NOWHERE, {}, { transport });
    const sentAt = bench.clock.now();
    expect((await bench.provider.getToken()).expiresAt).toBe(sentAt + MINUTE);
  });

  it('a lifetime does not depend on the clock of the server', async () => {
    const transport = scriptedTransport(() => ({
      ...granted({ expires_in: 60 }),
      headers: { date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
    }));
    const bench = new EndpointBench(NOWHERE, {}, { transport });
    expect((await bench.ask()).expiresAt).toBe(bench.clock.now() + MINUTE);
  });
});

describe('the scope of a token', () => {
  const scopeOf = async (members: object, scope?: string) => {
    const transport = scriptedTransport(() => granted(members));
    return (await new EndpointBench(NOWHERE, { scope }, { transport }).ask()).scope;
  };

  it.each([
    ['narrower', 'read write', 'read'],
    ['wider', 'read', 'read write admin'],
    ['in another order', 'read write', 'write read'],
  ])('the scope of a token is the granted one: %s', async (_what, asked, scope) => {
    expect(await scopeOf({ scope }, asked)).toBe(scope);
  });

  it.each([undefined, null, '', [], 5, {}])(
    'is what was asked for if %j was granted',
    async (s) => {
      expect(await scopeOf({ scope: s }, 'read write')).toBe('read write');
    },
  );

  it('a scope may be granted as a list', async () => {
    expect(await scopeOf({ scope: ['read', 'write'] }, 'read')).toBe('read write');
  });

  it('the scope is unknown if none was requested and none is named', async () => {
    expect(await scopeOf({})).toBeUndefined();
  });
});
