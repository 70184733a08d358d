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

  it('an account with a subject has one label in its errors, in the log and in its status', async () => {
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

  it('no error, log line or status shows the subject of an account', async () => {
    const app = await start();
    refuse();
    const error = await failed(app);
    const shown = [error, logged(error), app.log.lines, app.tokens('acme').status()];
    expect(inspect(shown, { depth: 9, showHidden: true })).not.toContain('mensah');
  });

  it('a call that fails during the back-off names the label of the account', async () => {
    const app = await start();
    refuse();
    const labels = [(await failed(app)).account, (await failed(app)).account];
    expect(labels).toEqual([labelIn(app), labelIn(app)]);
  });

  it('an error of a function of `use` names the label of the account', async () => {
    const use = { sign: () => Promise.reject(new Error('no')) };
    const app = await start({}, { use });
    expect((await failed(app)).account).toBe(labelIn(app));
  });

  it('the errors of a revocation and of a closed app name the label of the account', async () => {
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

  it('an account has the same label in every instance and after a restart', async () => {
    const [one, other] = [await start(), await start()];
    expect(labelIn(one)).toBe(labelIn(other));
  });

  it.each([
    ['another client secret', { clientSecret: 'another-client-secret' }],
    ['another name of the provider', { name: 'other' }],
  ])(
    'an account has another label with %s, so that nobody finds it without the secret',
    async (_what, change) => {
      const [one, other] = [await start(), await start({}, change)];
      const name = 'name' in change ? change.name : 'acme';
      expect(other.tokens(name).status({ subject: SUBJECT }).account).not.toBe(labelIn(one));
    },
  );

  it('an account has another label in each process if all secrets are functions', async () => {
    const definition = { clientSecret: () => 'from a vault' };
    const [one, other] = [await start({}, definition), await start({}, definition)];
    expect(labelIn(one)).toMatch(DEFAULT);
    expect(labelIn(one)).not.toBe(labelIn(other));
    expect(labelIn(one)).toBe(labelIn(one));
  });

  it('the order of the scopes does not change the label of an account', async () => {
    const app = await start();
    const label = (scope: string) => app.tokens('acme').status({ scope }).account;
    expect(label('read write')).toBe(label('write read'));
    const labels = ['ama', 'kofi', 'abena'].map((subject) => labelIn(app, subject));
    expect(new Set([...labels, label('read'), label('read write')]).size).toBe(5);
  });

  it('the account without subject, scope and resource has no label', async () => {
    const app = await start();
    refuse();
    const error = (await rejection(app.tokens('acme').getToken())) as OAuth2ClientError;
    expect(error.account).toBeUndefined();
    expect(error.message).toMatch(/^\[acme\] /);
    expect(app.tokens('acme').status().account).toBeUndefined();
  });

  it('an account is named as `accountLabel` says', async () => {
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

  it('a label has one line and at most 64 characters, whatever `accountLabel` returns', async () => {
    const app = await start({ accountLabel: () => `line\n[acme] forged ${'x'.repeat(500)}` });
    expect(labelIn(app)).toMatch(/^line \[acme\] forged x+…$/);
    expect(labelIn(app)).toHaveLength(64);
  });

  it('a call with a fresh token computes no label', async () => {
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

  it('all labels have the same form, whatever the subject', async () => {
    const app = await start();
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (subject) => {
        expect(app.tokens('acme').status({ subject }).account).toMatch(DEFAULT);
      }),
    );
  });

  it('an `accountLabel` that is not a function is refused at start', async () => {
    const accountLabel = 'subject' as unknown as AccountLabel;
    const error = await rejection(start({ accountLabel }));
    expect(String(error)).toContain('`accountLabel` must be a function that returns a string');
  });
});
