import { describe, expect, it, jest } from '@jest/globals';

import { OAuth2ClientError } from '../../lib/core/errors.js';
import { rejection, settle } from '../support/collect.js';
import { permanent, transient } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const labelOf = (target?: { readonly subject?: string }) => target?.subject;

describe('the events of an outage', () => {
  /** A provider whose token expires while its back-off still runs. */
  async function expiredInBackOff() {
    const bench = new ProviderBench();
    await bench.token();
    bench.clock.advance(58 * MINUTE);
    bench.source.onAsk = (ask) => ask.fail(permanent());
    for (const pause of [0, 30, 60]) {
      bench.clock.advance(pause * SECOND);
      await bench.token();
      await idle();
    }
    bench.clock.advance(25 * SECOND); // 95 s of the back-off are left
    return bench;
  }

  it('one event reports the first call that fails after a token has served', async () => {
    const bench = await expiredInBackOff();
    expect(bench.eventTypes()).toEqual([
      'token.obtained',
      'token.failed',
      'token.failed',
      'token.failed',
    ]);
    const error = await rejection(bench.token());
    expect(bench.events.at(-1)).toMatchObject({ type: 'serving.stopped', retryAfter: 95 });
    expect(bench.events.at(-1)).toHaveProperty('error', (error as Error).cause);
    await settle(bench.herd(5));
    expect(bench.eventTypes().filter((type) => type === 'serving.stopped')).toHaveLength(1);
  });

  it('the event of a failure shows whether it repeats the one before', async () => {
    const bench = await expiredInBackOff();
    await rejection(bench.token());
    bench.clock.advance(95 * SECOND);
    await rejection(bench.token());
    bench.source.onAsk = (ask) => ask.fail(transient());
    bench.clock.advance(240 * SECOND);
    await rejection(bench.token());
    const failures = bench.events.filter((event) => event.type === 'token.failed');
    expect(failures.map(({ serving, isRepeated }) => [serving, isRepeated])).toEqual([
      [true, false],
      [true, true],
      [true, true],
      [false, true],
      [false, false],
    ]);
  });

  it('the event of the next token has the length of the outage and what failed', async () => {
    const bench = await expiredInBackOff();
    await settle(bench.herd(3));
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(95 * SECOND);
    await bench.token();
    expect(bench.events.at(-1)).toMatchObject({
      type: 'token.obtained',
      after: { seconds: 210, renewals: 3, calls: 3 },
    });
    bench.provider.invalidate();
    await bench.token();
    expect(bench.events.at(-1)).toMatchObject({ type: 'token.obtained', after: undefined });
  });

  it('no event reports failed calls if no token has served during the outage', async () => {
    const bench = new ProviderBench();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    await rejection(bench.token());
    await rejection(bench.token());
    expect(bench.eventTypes()).toEqual(['token.failed']);
  });

  it('calls that a closed application refuses are not part of the outage', async () => {
    const bench = await expiredInBackOff();
    await bench.provider.close();
    await rejection(bench.token());
    expect(bench.eventTypes()).not.toContain('serving.stopped');
  });

  it('events name the account that they are about', async () => {
    const bench = new ProviderBench({ labelOf });
    await bench.token();
    await bench.token({ subject: 'ama' });
    const accounts = bench.events.map(({ type, account }) => `${type} ${account}`);
    expect(accounts).toEqual([
      'token.obtained undefined',
      'account.connected undefined',
      'token.obtained ama',
      'account.connected ama',
    ]);
  });
});

describe('the events of rejected tokens', () => {
  async function forced() {
    const bench = new ProviderBench();
    await bench.token();
    await bench.provider.renew('token-1');
    const renew = async (token: string, after: number) => {
      bench.clock.advance(after);
      await bench.provider.renew(token);
    };
    const withheld = () => bench.events.filter((event) => event.type === 'renewal.withheld');
    return { bench, renew, withheld };
  }

  it('one event reports that a rejected token is not renewed, and the seconds until then', async () => {
    const { renew, withheld } = await forced();
    await renew('token-2', 2_500);
    await renew('token-2', 1_000);
    expect(withheld()).toEqual([{ type: 'renewal.withheld', provider: 'acme', retryAfter: 8 }]);
  });

  it.each([
    [19_999, 1],
    [20_000, 2],
  ])('after a pause of %i ms, %i events report tokens that are not renewed', async (ms, count) => {
    const { renew, withheld } = await forced();
    await renew('token-2', 3_000);
    await renew('token-2', ms - 5_000); // obtains token-3
    await renew('token-3', 5_000);
    expect(withheld()).toHaveLength(count);
  });

  it('no event reports a rejected token that a running renewal replaces', async () => {
    const { bench, withheld } = await forced();
    bench.source.onAsk = (ask) => ask.grant({ expiresIn: 10 });
    bench.clock.advance(10 * SECOND);
    await bench.provider.renew('token-2');
    bench.clock.advance(8_500);
    bench.source.holdAnswers();
    await bench.token(); // starts a renewal in the background
    await idle();
    const call = bench.provider.renew('token-3');
    bench.source.latest.grant();
    expect((await call).accessToken).toBe('token-4');
    expect(withheld()).toEqual([]);
  });
});

describe('the reason of a renewal', () => {
  const reasons = ({ events }: ProviderBench) =>
    events.flatMap((event) => (event.type === 'token.obtained' ? [event.reason] : []));

  it('is that the application has discarded the token, until there is another one', async () => {
    const bench = new ProviderBench();
    await bench.token();
    bench.provider.invalidate();
    bench.source.onAsk = (ask) => ask.fail(transient());
    await rejection(bench.token());
    expect(bench.events.at(-1)).toMatchObject({ type: 'token.failed', reason: 'invalidated' });
    bench.clock.advance(30 * SECOND);
    bench.source.onAsk = (ask) => ask.grant();
    await bench.token();
    bench.clock.advance(61 * MINUTE);
    await bench.token();
    expect(reasons(bench)).toEqual(['first', 'invalidated', 'expired']);
  });

  it('is the same if the token was discarded while it was obtained', async () => {
    const bench = new ProviderBench();
    bench.source.holdAnswers();
    const waiting = bench.token();
    await idle();
    bench.provider.invalidate();
    bench.source.latest.grant();
    await waiting;
    bench.source.onAsk = (ask) => ask.grant();
    await bench.token();
    expect(reasons(bench)).toEqual(['first', 'invalidated']);
  });
});

describe('the error and the status of an account with a label', () => {
  it('errors, status and its error name the account', async () => {
    const bench = new ProviderBench({ labelOf });
    bench.source.onAsk = (ask) => ask.fail(permanent());
    const target = { subject: 'ama' };
    expect(await rejection(bench.token(target))).toMatchObject({ account: 'ama', retryAfter: 30 });
    expect(await rejection(bench.token())).toMatchObject({ account: undefined });
    const status = bench.provider.status(target);
    expect(status).toMatchObject({ provider: 'acme', account: 'ama', failures: 1, retryAfter: 30 });
    expect(status.error).toMatchObject({ account: 'ama', retryAfter: 30 });
    expect(bench.provider.status()).not.toHaveProperty('account', 'ama');
  });

  it('the code of the error of a status makes no error', async () => {
    const bench = new ProviderBench({ labelOf });
    bench.source.onAsk = (ask) => ask.fail(permanent());
    await rejection(bench.token({ subject: 'ama' }));
    const made = jest.spyOn(OAuth2ClientError.prototype, 'forCaller');
    const [own, ama] = bench.provider.statuses();
    expect([own, ama].map((status) => status!.errorCode)).toEqual([undefined, permanent().code]);
    expect(made).not.toHaveBeenCalled();
  });

  it('the status of an unknown account has its label and nothing else', () => {
    const bench = new ProviderBench({ labelOf });
    expect(bench.provider.status({ subject: 'ama' })).toEqual({
      provider: 'acme',
      account: 'ama',
      state: 'unknown',
      token: 'none',
      expiresAt: undefined,
      renewing: false,
      failures: 0,
      errorCode: undefined,
      error: undefined,
      retryAfter: 0,
    });
  });

  it('the status of an invalidated token shows no expiry', async () => {
    const bench = new ProviderBench();
    await bench.token();
    bench.provider.invalidate();
    expect(bench.provider.status()).toMatchObject({ token: 'none', expiresAt: undefined });
  });

  it('a provider knows the credentials of the last renewal of an account', async () => {
    const bench = new ProviderBench();
    const prepare = bench.source.prepare.bind(bench.source);
    bench.source.prepare = async (target) => ({
      ...(await prepare(target)),
      credentials: { apiKey: `key of ${target.subject}` },
    });
    const target = { subject: 'ama' };
    expect(bench.provider.credentialsOf(target)).toBeUndefined();
    await bench.token(target);
    expect(bench.provider.credentialsOf(target)).toEqual({ apiKey: 'key of ama' });
    expect(bench.provider.credentialsOf()).toBeUndefined();
  });
});
