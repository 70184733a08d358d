import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { OAuth2EventBody } from '../../lib/core/events.js';
import { eventLogger } from '../../lib/module/event-logger.js';
import { acme } from '../support/acme.js';
import { settle } from '../support/collect.js';
import { transient } from '../support/failures.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { HastyClock, ManualClock } from '../support/manual-clock.js';
import { App, CapturedLog } from '../support/nest-app.js';
import { idle } from '../support/provider-bench.js';

const MINUTE = 60_000;

/** A failure that is not repeated within a renewal. */
const REFUSAL = { status: 404, body: { error: 'gone' } };

describe('the log of an app', () => {
  let vendor: FakeVendor;
  let app: App;
  let clock: HastyClock;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new HastyClock();
    await start();
    app.log.lines.length = 0;
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  async function start(changes: Record<string, unknown> = {}): Promise<void> {
    await app?.close();
    const random = () => 0;
    app = await App.start({ runtime: { clock, random }, providers: [acme(vendor, changes)] });
  }

  const breakDown = () => (vendor.onToken = () => REFUSAL);
  const repair = () => (vendor.onToken = () => vendor.grant());
  /** Calls, lets the renewals end, and says how many calls failed. */
  async function call(subjects: readonly (string | undefined)[] = [undefined]): Promise<number> {
    const calls = subjects.map((subject) =>
      app.tokens('acme').getToken(subject === undefined ? {} : { subject }),
    );
    const { errors } = await settle(calls);
    while (app.tokens('acme').status().renewing) await idle(); // in the background
    return errors.length;
  }
  /** Lines above debug, without the difference between the two clocks of the test. */
  const lines = () =>
    app.log.lines
      .filter((line) => !line.startsWith('debug') && !line.includes('the clocks differ'))
      .map((line) => line.replace(/(?: undefined)? OAuth2Client$/, ''));
  const headlines = () => lines().map((line) => line.replace(/^(\w+ \[[^\]]*\] [^:(]*):.*$/, '$1'));

  it('the log has one line for each change of an outage: the old token serves, calls fail, recovered', async () => {
    await call();
    clock.advance(59 * MINUTE); // the token is stale, and serves for another 55 s
    breakDown();
    for (let second = 0; second < 50; second++) {
      expect(await call()).toBe(0);
      clock.advance(1_000);
    }
    expect(headlines()).toEqual(['warn [acme] the token cannot be renewed, the old one serves']);
    clock.advance(9_000);
    for (let second = 0; second < 100; second++) {
      expect(await call()).toBe(1);
      clock.advance(100);
    }
    expect(headlines().slice(1)).toEqual(['error [acme] calls fail, the old token has expired']);
    repair();
    clock.advance(5 * MINUTE);
    expect(await call()).toBe(0);
    expect(headlines().slice(2)).toEqual(['log [acme] recovered']);
    expect(lines().at(-1)).toMatch(/ and \d{3} calls failed$/);
  });

  it('the log says why calls fail, when the next attempt is made, and how long the outage took', async () => {
    breakDown();
    expect(await call()).toBe(1);
    expect(lines()).toEqual([
      expect.stringMatching(
        /^error \[acme\] calls fail: TOKEN_REQUEST_REJECTED: .*404.* The next attempt is made in 1 s$/,
      ),
    ]);
    clock.advance(1_000);
    repair();
    await call();
    expect(lines()[1]).toMatch(
      /^log \[acme\] recovered: logged in, token until .*Z\. In 1 s 1 renewal and \d calls? failed$/,
    );
  });

  it('the log has a line for a new cause of the same outage', async () => {
    breakDown();
    await call();
    vendor.onToken = () => ({ status: 401, body: { error: 'invalid_client' } });
    for (let i = 0; i < 10; i++) {
      clock.advance(5 * MINUTE);
      await call();
    }
    expect(lines().map((line) => /[A-Z]+_[A-Z_]+/.exec(line)?.[0])).toEqual([
      'TOKEN_REQUEST_REJECTED',
      'CREDENTIALS_REJECTED',
    ]);
  });

  it('the log has new lines for the next outage', async () => {
    for (let round = 0; round < 3; round++) {
      breakDown();
      app.tokens('acme').invalidate();
      await call();
      repair();
      clock.advance(10 * MINUTE);
      await call();
    }
    const one = ['error [acme] calls fail', 'log [acme] recovered'];
    expect(headlines()).toEqual([...one, ...one, ...one]);
  });

  it('the log summarises an outage of many accounts in few lines, with their number', async () => {
    const subjects = Array.from({ length: 200 }, (_, i) => `subject-${i}`);
    const callAll = async () => {
      let failed = 0;
      for (let i = 0; i < 200; i += 20) failed += await call(subjects.slice(i, i + 20));
      return failed;
    };
    breakDown();
    expect(await callAll()).toBe(200);
    const failing = lines().filter((line) => line.includes('calls fail'));
    expect(failing.length).toBeLessThan(12);
    expect(failing.at(-1)).toContain('(200 lines like this in 0 s, most of them left out)');
    repair();
    clock.advance(10 * MINUTE);
    expect(await callAll()).toBe(0);
    const recovered = lines().filter((line) => line.includes('recovered'));
    expect(recovered.length).toBeLessThan(12);
    clock.advance(MINUTE); // of a quiet time nothing is left out
    breakDown();
    app.tokens('acme').invalidate({ subject: 'subject-7' });
    await call(['subject-7']);
    expect(lines().at(-1)).not.toContain('left out');
  }, 60_000);

  it('the log says once that an API rejects new tokens and that the renewal is withheld', async () => {
    await call();
    const renew = async () => {
      const token = await app.tokens('acme').getToken();
      return app.tokens('acme').renew(token);
    };
    for (let i = 0; i < 100; i++) {
      await renew();
      clock.advance(1_000);
    }
    expect(lines()).toEqual([
      expect.stringContaining(
        'warn [acme] the API rejects a new token: no further renewal is made for 9 s',
      ),
    ]);
    clock.advance(MINUTE);
    await renew();
    await renew();
    expect(lines()).toHaveLength(2);
  });

  it("the log says once, with the vendor's response, that refreshes fail where the login works", async () => {
    await start({ grantType: 'password', username: 'ama', password: 'zW4+nQ7/yR2' });
    vendor.onToken = ({ form }) =>
      form['grant_type'] === 'refresh_token'
        ? { status: 404, body: { error: 'no_such_page', error_description: 'Not here.' } }
        : vendor.grant({ refresh_token: 'rF4.mW8zB3.refresh' });
    app.log.lines.length = 0;
    for (const subject of ['ama', 'kofi', 'abena']) {
      for (let hour = 0; hour < 3; hour++) {
        await app.tokens('acme').getToken({ subject });
        clock.advance(60 * MINUTE);
      }
    }
    expect(lines()).toEqual([
      expect.stringMatching(
        /^warn \[acme, account \w+\] the refresh failed and a login replaced it: no call has failed\. TOKEN_REQUEST_REJECTED: .*404.*Not here\./,
      ),
    ]);
  });
});

describe('10,000 events of one kind', () => {
  const log = new CapturedLog();
  const clock = new ManualClock();
  const listener = eventLogger(log, clock);
  const happen = (news: OAuth2EventBody, i: number) =>
    listener({ ...news, provider: 'acme', account: `account-${i}` });

  it('10,000 events of one kind are fewer than 20 lines, the last of which has their number', () => {
    for (let i = 0; i < 10_000; i++) {
      happen({ type: 'serving.stopped', error: transient(), retryAfter: 30 }, i);
      clock.advance(360); // they are spread over an hour
    }
    expect(log.lines.length).toBeLessThan(20);
    expect(log.lines.at(-1)).toContain('(10000 lines like this in 3600 s, most of them left out)');
  });

  it('repeated events of one account do not hide the first line of another', () => {
    clock.advance(MINUTE);
    log.lines.length = 0;
    const failure: OAuth2EventBody = {
      type: 'serving.stopped',
      error: transient(),
      retryAfter: 30,
    };
    for (let i = 0; i < 7; i++) happen(failure, 1);
    happen(failure, 2);
    happen(failure, 2);
    expect(log.lines).toHaveLength(6);
    expect(log.lines[5]).toContain('[acme, account account-2] calls fail');
    expect(log.lines[5]).toContain('(8 lines like this');
  });

  it('repeated events of one kind are logged at least once an hour', () => {
    clock.advance(MINUTE);
    log.lines.length = 0;
    for (let i = 0; i < 2_000; i++) {
      happen({ type: 'serving.stopped', error: transient(), retryAfter: 30 }, 1);
      clock.advance(50_000);
    }
    const hours = (2_000 * 50) / 3_600;
    expect(log.lines.length).toBeGreaterThan(hours);
    expect(log.lines.length).toBeLessThan(hours + 15);
  });

  it('each lost refresh token has a line in the log', () => {
    log.lines.length = 0;
    for (let i = 0; i < 1_000; i++) happen({ type: 'refresh_token.lost' }, i);
    expect(log.lines).toHaveLength(1_000);
    expect(log.lines[999]).toContain('[acme, account account-999] a refresh token is lost: ');
  });
});
