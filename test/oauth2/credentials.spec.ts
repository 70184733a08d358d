import { describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import type { TokenTarget } from '../../lib/core/token-target.js';
import { rejection, settle } from '../support/collect.js';
import {
  EndpointBench,
  granted,
  scriptedTransport,
  type EndpointOptions,
} from '../support/endpoint-bench.js';
import { idle } from '../support/provider-bench.js';
import { expectNoSecret } from '../support/secrets.js';

const VENDOR = { url: 'https://vendor.example' };
const HOUR = 3_600_000;
const VALUE = 'a-secret-of-the-vault-4417';

function benchWith(options: EndpointOptions, answer = () => granted({ expires_in: 3600 })) {
  const transport = scriptedTransport(answer);
  const bench = new EndpointBench(
    VENDOR,
    {
      grantType: 'password',
      clientAuthentication: 'client_secret_post',
      username: 'u',
      password: 'p',
      ...options,
    },
    { transport },
  );
  const sent = (name: string) =>
    transport.requests.map(({ body }) => new URLSearchParams(body as string).get(name));
  return { bench, transport, sent };
}

describe('a credential from a function', () => {
  it('a credential function is called once for each login, however many callers wait', async () => {
    let calls = 0;
    const { bench, sent } = benchWith({ password: () => `password-${++calls}` });
    for (let i = 0; i < 3; i++) {
      await Promise.all(Array.from({ length: 100 }, () => bench.provider.getToken()));
      bench.clock.advance(HOUR);
    }
    expect(calls).toBe(3);
    expect(sent('password')).toEqual(['password-1', 'password-2', 'password-3']);
  });

  it('a credential function is called once for all attempts of a login', async () => {
    let calls = 0;
    const { bench, transport } = benchWith({ password: () => `password-${++calls}` }, () =>
      transport.requests.length < 3 ? { status: 503 } : granted(),
    );
    await bench.provider.getToken();
    expect([calls, transport.requests.length]).toEqual([1, 3]);
  });

  it('a credential function gets the account that the token is for', async () => {
    const targets: TokenTarget[] = [];
    const { bench, sent } = benchWith({
      username: (target) => {
        targets.push(target);
        return Promise.resolve(target.subject ?? 'nobody');
      },
    });
    await bench.provider.getToken({ subject: 'ama', scope: ['read', 'write'] });
    await bench.provider.getToken();
    expect(targets).toMatchObject([{ subject: 'ama', scope: ['read', 'write'] }, {}]);
    expect(sent('username')).toEqual(['ama', 'nobody']);
  });

  it('every credential may be a function, and each is called once', async () => {
    const names = ['clientId', 'clientSecret', 'username', 'password'] as const;
    const asked: string[] = [];
    const functions = Object.fromEntries(
      names.map((name) => [
        name,
        () => {
          asked.push(name);
          return Promise.resolve(`the ${name}`);
        },
      ]),
    );
    const { bench, sent } = benchWith(functions);
    await bench.provider.getToken();
    expect(asked.toSorted()).toEqual(names.toSorted());
    expect(sent('client_secret')).toEqual(['the clientSecret']);
  });

  it('a credential function is not called while the token is fresh', async () => {
    let calls = 0;
    const { bench } = benchWith({ password: () => `${++calls}` });
    for (let i = 0; i < 50; i++) {
      await bench.provider.getToken();
      bench.clock.advance(60_000);
    }
    expect(calls).toBe(1);
  });
});

describe('a credential function that fails', () => {
  class VaultError extends Error {}
  const refuse = (reason: unknown) => () => {
    throw reason;
  };

  it.each<[string, () => unknown, string]>([
    ['throws', refuse(new VaultError(VALUE)), 'threw (VaultError)'],
    ['throws a string', refuse(VALUE), 'threw (string)'],
    ['rejects', () => Promise.reject(new VaultError(VALUE)), 'threw (VaultError)'],
    ['throws nothing', refuse(undefined), 'threw (undefined)'],
    ['returns undefined', () => undefined, 'returned undefined'],
    ['resolves to null', () => Promise.resolve(null), 'returned null'],
    ['returns an empty string', () => '', 'returned an empty string'],
    ['returns blanks', () => '  ', 'returned nothing but white space'],
    ['returns a number', () => 4417, 'returned a value of type number'],
    ['returns an object', () => ({ value: VALUE }), 'returned a value of type object'],
    ['returns a list', () => [VALUE], 'returned a value of type object'],
  ])(
    'a credential function that %s fails the renewal and names the member without its value',
    async (_what, fn, told) => {
      const { bench, transport } = benchWith({ password: fn as () => string });
      const error = (await rejection(bench.provider.getToken())) as OAuth2ClientError;
      expect(error).toMatchObject({
        code: 'CREDENTIALS_UNAVAILABLE',
        provider: 'acme',
        stage: 'credentials',
        evaluated: false,
      });
      expect(error.message).toContain(`\`password\` ${told}`);
      expect(error.hint.includes('error of the function')).toBe(told.startsWith('threw'));
      expectNoSecret(error, [VALUE]);
      expect(transport.requests).toHaveLength(0);
    },
  );

  it('a credential function is called again after the back-off, and the provider recovers', async () => {
    let calls = 0;
    const { bench } = benchWith({
      password: () => (++calls === 1 ? Promise.reject(new VaultError()) : Promise.resolve('p')),
    });
    await settle([bench.provider.getToken(), bench.provider.getToken()]);
    expect(calls).toBe(1);
    bench.clock.advance(1_000);
    await bench.provider.getToken();
  });

  it('two failing credential functions are one failure, without an unhandled rejection', async () => {
    const { bench } = benchWith({
      username: () => Promise.reject(new VaultError('one')),
      password: () => Promise.reject(new VaultError('other')),
    });
    await rejection(bench.provider.getToken());
    await idle(); // jest fails this test for an unhandled rejection
    expect(bench.events).toHaveLength(1);
  });

  it('a failing credential function does not affect a stale token', async () => {
    let vaultIsUp = true;
    const { bench } = benchWith({
      password: () => (vaultIsUp ? 'p' : Promise.reject(new VaultError())),
    });
    const before = await bench.provider.getToken();
    bench.clock.advance(HOUR - 60_000);
    vaultIsUp = false;
    expect(await bench.provider.getToken()).toBe(before);
    await idle();
    expect(await bench.provider.getToken()).toBe(before);
    expect(bench.events.at(-1)).toMatchObject({ type: 'token.failed', serving: true });
  });

  it('a credential function that hangs ends with the deadline, and the error names the stage', async () => {
    const { bench, transport } = benchWith({ password: () => new Promise<never>(() => {}) });
    const waiting = rejection(bench.provider.getToken());
    await idle();
    bench.clock.advance(10_000);
    expect(await waiting).toMatchObject({ provider: 'acme', stage: 'credentials' });
    expect(transport.requests).toHaveLength(0);
  });
});

describe('a credential that was rotated in the vault', () => {
  it('a credential that was rotated in the vault is sent at the next login', async () => {
    let password = 'old';
    const { bench, sent } = benchWith({ password: () => password });
    await bench.provider.getToken();
    password = 'new';
    bench.clock.advance(HOUR);
    await bench.provider.getToken();
    expect(sent('password')).toEqual(['old', 'new']);
  });

  it('a rotated credential ends the back-off of the refused one', async () => {
    let password = 'old';
    const { bench, sent } = benchWith({ password: () => password }, () =>
      sent('password').at(-1) === 'old'
        ? { status: 400, body: '{"error":"invalid_grant"}' }
        : granted(),
    );
    expect(await rejection(bench.provider.getToken())).toMatchObject({ retryAfter: 30 });
    for (let second = 0; second < 10; second++) {
      bench.clock.advance(1_000);
      await rejection(bench.provider.getToken());
    }
    password = 'new';
    bench.clock.advance(1_000);
    await bench.provider.getToken();
    expect(sent('password')).toEqual(['old', 'new']);
  });
});
