import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsoleLogger } from '@nestjs/common';
import fc from 'fast-check';
import { firstValueFrom } from 'rxjs';

import type { AccountLabel, LabelledAccount, OAuth2ClientError } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { logged } from '../support/logged.js';
import { HastyClock } from '../support/manual-clock.js';
import { App, type AppOptions } from '../support/nest-app.js';

const SUBJECT = 'ama.mensah@example.com';
const DEFAULT = /^[\da-f]{10}$/;

describe('an account with a subject', () => {
  let vendor: FakeVendor;
  let apps: App[];
  beforeEach(async () => {
    vendor = await FakeVendor.start();
    apps = [];
  });
  afterEach(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await vendor.close();
  });

  async function start(
    options: Omit<AppOptions, 'providers'> = {},
    definition: Record<string, unknown> = {},
  ): Promise<App> {
    const clock = new HastyClock();
    const app = await App.start({
      runtime: { clock },
      providers: [acme(vendor, definition)],
      ...options,
    });
    apps.push(app);
    return app;
  }

  const labelIn = (app: App, subject = SUBJECT) => app.tokens('acme').status({ subject }).account!;
  const refuse = () => (vendor.onToken = () => ({ status: 401, body: { error: 'no' } }));
  const failed = async (app: App, subject = SUBJECT) =>
    (await rejection(
      firstValueFrom(app.http('acme').get('/orders', { oauth2: { subject } })),
    )) as OAuth2ClientError;

  it('has one label in its errors, in its lines of the log and in its status', async () => {
    const app = await start();
    refuse();
    const error = await failed(app);
    const label = labelIn(app);
    expect(label).toMatch(DEFAULT);
    expect(error.account).toBe(label);
    expect(error.message).toMatch(new RegExp(`^\\[acme, account ${label}\\] `));
    expect(error.toJSON()).toMatchObject({ account: label });
    expect(inspect(error)).toContain(`account: '${label}'`);
    expect(app.tokens('acme').status({ subject: SUBJECT }).error).toMatchObject({ account: label });
    const about = app.log.lines.filter((line) => line.includes('CREDENTIALS_REJECTED'));
    expect(about).toEqual([expect.stringContaining(`[acme, account ${label}] calls fail: `)]);
  });

  it('is shown nowhere by its subject', async () => {
    const app = await start();
    refuse();
    const error = await failed(app);
    const shown = [error, logged(error), app.log.lines, app.tokens('acme').status()];
    expect(inspect(shown, { depth: 9, showHidden: true })).not.toContain('mensah');
  });

  it('has its label when it is called again while the token endpoint is left alone', async () => {
    const app = await start();
    refuse();
    const labels = [(await failed(app)).account, (await failed(app)).account];
    expect(labels).toEqual([labelIn(app), labelIn(app)]);
  });

  it('has its label in the errors of a request that a function of `use` fails for', async () => {
    const use = { sign: () => Promise.reject(new Error('no')) };
    const app = await start({}, { use });
    expect((await failed(app)).account).toBe(labelIn(app));
  });

  it('has its label in the error of a revocation and in that of a closed app', async () => {
    const app = await start({}, { revocation: '/revoke' });
    const tokens = app.tokens('acme').for(SUBJECT);
    await tokens.getToken();
    vendor.onApi = () => ({ status: 500 });
    expect(await rejection(tokens.revoke())).toMatchObject({ account: labelIn(app) });
    await app.close();
    expect(await rejection(tokens.getToken())).toMatchObject({
      code: 'SHUTTING_DOWN',
      account: labelIn(app),
    });
  });

  it('has the same label in every instance and after a restart', async () => {
    const [one, other] = [await start(), await start()];
    expect(labelIn(one)).toBe(labelIn(other));
  });

  it.each([
    ['another client secret', { clientSecret: 'another-client-secret' }],
    ['another name of the provider', { name: 'other' }],
  ])('has another label with %s: nobody finds it without the secret', async (_what, change) => {
    const [one, other] = [await start(), await start({}, change)];
    const name = 'name' in change ? change.name : 'acme';
    expect(other.tokens(name).status({ subject: SUBJECT }).account).not.toBe(labelIn(one));
  });

  it('has another label in each process where all secrets are functions', async () => {
    const definition = { clientSecret: () => 'from a vault' };
    const [one, other] = [await start({}, definition), await start({}, definition)];
    expect(labelIn(one)).toMatch(DEFAULT);
    expect(labelIn(one)).not.toBe(labelIn(other));
    expect(labelIn(one)).toBe(labelIn(one));
  });

  it('has a label of its own, whatever the order of its scopes', async () => {
    const app = await start();
    const label = (scope: string) => app.tokens('acme').status({ scope }).account;
    expect(label('read write')).toBe(label('write read'));
    const labels = ['ama', 'kofi', 'abena'].map((subject) => labelIn(app, subject));
    expect(new Set([...labels, label('read'), label('read write')]).size).toBe(5);
  });

  it("is not the definition's own account, which needs no label", async () => {
    const app = await start();
    refuse();
    const error = (await rejection(app.tokens('acme').getToken())) as OAuth2ClientError;
    expect(error.account).toBeUndefined();
    expect(error.message).toMatch(/^\[acme\] /);
    expect(app.tokens('acme').status().account).toBeUndefined();
  });

  it('is named as `accountLabel` says', async () => {
    const told: LabelledAccount[] = [];
    const accountLabel: AccountLabel = (account) => {
      told.push(account);
      return `tenant ${account.subject?.length}`;
    };
    const app = await start({ accountLabel });
    refuse();
    const error = await failed(app);
    expect(error.message).toMatch(/^\[acme, account tenant 22\] /);
    expect(error.account).toBe('tenant 22');
    app.tokens('acme').status({ subject: 'a', scope: 'write read', resource: 'https://x.example' });
    expect(told[0]).toEqual({ provider: 'acme', subject: SUBJECT });
    expect(told.at(-1)).toEqual({
      provider: 'acme',
      subject: 'a',
      scope: ['read', 'write'],
      resource: ['https://x.example'],
    });
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['returns nothing', () => undefined],
    ['returns an empty text', () => ' \n '],
    ['returns a promise', () => Promise.reject(new Error('late'))],
    ['returns an object', () => ({})],
  ])(
    'has the default label where `accountLabel` %s, and nothing else changes',
    async (_what, make) => {
      const app = await start({ accountLabel: make as AccountLabel });
      expect(labelIn(app)).toMatch(DEFAULT);
      const got = await firstValueFrom(app.http('acme').get('/', { oauth2: { subject: SUBJECT } }));
      expect(got.status).toBe(200);
      refuse();
      app.tokens('acme').invalidate({ subject: SUBJECT });
      expect(await failed(app)).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
    },
  );

  it('has a label of one line and at most 64 characters, whatever `accountLabel` returns', async () => {
    const app = await start({ accountLabel: () => `line\n[acme] forged ${'x'.repeat(500)}` });
    expect(labelIn(app)).toMatch(/^line \[acme\] forged x+…$/);
    expect(labelIn(app)).toHaveLength(64);
  });

  it('costs no label for calls with a fresh token', async () => {
    let count = 0;
    const app = await start({
      accountLabel: () => `number ${++count}`,
      adjust: (builder) => builder.setLogger(new ConsoleLogger('Test', { logLevels: ['error'] })),
    });
    for (let i = 0; i < 100; i++) {
      await firstValueFrom(app.http('acme').get('/', { oauth2: { subject: `subject-${i % 10}` } }));
    }
    expect(count).toBe(10); // one for the login of each account
  });

  it('has a label of the same form, whatever its subject', async () => {
    const app = await start();
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (subject) => {
        expect(app.tokens('acme').status({ subject }).account).toMatch(DEFAULT);
      }),
    );
  });

  it('cannot be named by something that is no function', async () => {
    const accountLabel = 'subject' as unknown as AccountLabel;
    const error = await rejection(start({ accountLabel }));
    expect(String(error)).toContain('`accountLabel` must be a function that returns a string');
  });
});
