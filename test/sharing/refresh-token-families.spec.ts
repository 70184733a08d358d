import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { RefreshTokenFamily } from '../../lib/account/refresh-token-family.js';
import { RefreshTokenFamilies } from '../../lib/account/refresh-token-family.js';
import { settle, rejection } from '../support/collect.js';
import { permanent } from '../support/failures.js';
import { faulty } from '../support/faulty-store.js';
import { HastyClock } from '../support/manual-clock.js';
import { idle, ProviderBench } from '../support/provider-bench.js';
import { RotatingServer } from '../support/rotating-server.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Starts and configures instances of one definition. With a store they share their tokens. */
class Deployment {
  readonly clock = new HastyClock();
  readonly server = new RotatingServer();
  readonly memory;
  readonly faults;
  readonly #store;

  constructor({ shared = true } = {}) {
    const { memory, store, faults } = faulty(this.clock);
    this.memory = memory;
    this.faults = faults;
    this.#store = shared ? store : undefined;
  }

  /** Starts an instance. `configured` may be a function that reads a database. */
  start(configured: string | (() => string), parts: { families?: RefreshTokenFamilies } = {}) {
    const bench = new ProviderBench({ clock: this.clock, store: this.#store, ...parts });
    bench.source.canLogInAgain = false;
    bench.source.hasAccounts = true;
    bench.source.credentialsMayChange = true;
    bench.source.onAsk = this.server.answer;
    const read = typeof configured === 'function' ? configured : () => configured;
    bench.source.onPrepare = () => void (bench.source.configuredRefreshToken = read());
    return bench;
  }

  /** Renews several times, one hour apart. */
  async renew(bench: ProviderBench, times = 1, target = {}): Promise<string> {
    let token = '';
    for (let n = 0; n < times; n++) {
      this.clock.advance(HOUR);
      token = await bench.token(target);
    }
    return token;
  }
}

describe('a configured refresh token that was used', () => {
  it.each([12, 60])(
    'a used refresh token is not sent again after %s renewals and a restart',
    async (renewals) => {
      const deployment = new Deployment();
      const { server } = deployment;
      let bench = deployment.start(server.consent('a'));
      await deployment.renew(bench, 3);
      for (const account of ['b', 'c', 'd', 'e']) {
        server.withdraw(bench.source.configuredRefreshToken!.slice(0, 1));
        deployment.clock.advance(HOUR);
        await rejection(bench.token());
        const configured = server.consent(account);
        bench = deployment.start(configured);
        await deployment.renew(bench, renewals);
        bench = deployment.start(configured);
        expect(await deployment.renew(bench)).toMatch(new RegExp(`^${account}-access`));
        expect(server.sent.filter((token) => token === configured)).toHaveLength(1);
      }
      expect(server.reused).toEqual([]);
    },
  );

  it('without a store, a used refresh token is not sent again when it is configured again', async () => {
    const deployment = new Deployment({ shared: false });
    const { server } = deployment;
    let configured = server.consent('a');
    const first = configured;
    const bench = deployment.start(() => configured);
    await deployment.renew(bench, 3);
    configured = server.consent('b');
    await deployment.renew(bench, 12);
    configured = first;
    expect(await deployment.renew(bench)).toMatch(/^a-access/);
    expect(server.sent.filter((token) => token === first)).toHaveLength(1);
    expect(server.reused).toEqual([]);
  });

  it('an idle account does not send a used refresh token again after 60,000 other refresh tokens', async () => {
    const deployment = new Deployment({ shared: false });
    const { server } = deployment;
    const families = new RefreshTokenFamilies();
    const bench = deployment.start(server.consent('a'), { families });
    await deployment.renew(bench, 2);
    const other = new RefreshTokenFamily('other');
    for (let n = 0; n < 60_000; n++) families.note(`other-${n}`, other);
    await deployment.renew(bench, 2);
    expect(server.sent).toEqual(['a-0', 'a-1', 'a-2', 'a-3']);
  });

  it('a used refresh token is not sent again after a refused successor and a login', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const configured = server.consent('a');
    const start = () => {
      const bench = deployment.start(configured);
      bench.source.canLogInAgain = true;
      bench.source.onAsk = (ask) => (ask.kind === 'login' ? ask.grant() : server.answer(ask));
      return bench;
    };
    const bench = start();
    await deployment.renew(bench, 3);
    server.withdraw('a');
    await deployment.renew(bench, 2);
    await deployment.renew(start(), 2);
    expect(server.sent).toEqual(['a-0', 'a-1', 'a-2', 'a-3']);
  });

  it('a used refresh token is not sent again after its revocation', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const configured = server.consent('a');
    const bench = deployment.start(configured);
    Object.assign(bench.source, { revoke: async () => {} });
    await deployment.renew(bench, 2);
    await bench.provider.revoke();
    deployment.clock.advance(60 * DAY);
    const other = deployment.start(configured);
    expect(await rejection(other.token())).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    expect(server.sent).toEqual(['a-0', 'a-1']);
  });

  it('a used refresh token is not sent again after its successor has expired', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const configured = server.consent('a');
    const bench = deployment.start(configured);
    bench.source.canLogInAgain = true;
    bench.source.onAsk = (ask) => {
      const refreshExpiresAt = ask.startedAt.wall + DAY;
      ask.grant({ refreshToken: `refresh-${ask.number}`, refreshExpiresAt });
    };
    await bench.token();
    deployment.clock.advance(30 * DAY);
    const other = deployment.start(configured);
    other.source.canLogInAgain = true;
    other.source.onAsk = bench.source.onAsk;
    await other.token();
    expect([bench.source.history, other.source.history]).toEqual([
      [`refresh ${configured}`],
      ['login'],
    ]);
  });
});

describe('a configured refresh token that is a successor', () => {
  it('an instance with an old refresh token continues with the newest one of the family', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const one = deployment.start(server.consent('a'));
    await deployment.renew(one, 10);
    const other = deployment.start('a-7');
    const old = deployment.start('a-0');
    for (let n = 0; n < 3; n++) {
      await deployment.renew(other);
      await deployment.renew(one);
      await deployment.renew(old);
    }
    expect(server.sent).toEqual(server.sent.map((_, n) => `a-${n}`));
  });

  it('instances with an older and a newer refresh token share the access token', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const one = deployment.start(server.consent('a'));
    const token = await one.token();
    expect(await deployment.start('a-1').token()).toBe(token);
    expect(server.sent).toEqual(['a-0']);
  });

  it('an outdated refresh token from a database is not sent a second time', async () => {
    for (const shared of [true, false]) {
      const deployment = new Deployment({ shared });
      const { server } = deployment;
      let row = server.consent('a');
      const bench = deployment.start(() => row);
      for (let n = 0; n < 30; n++) {
        await deployment.renew(bench);
        if (n % 7 === 0) row = `a-${n}`;
      }
      row = 'a-3';
      await deployment.renew(bench, 2);
      expect(server.reused).toEqual([]);
    }
  });

  it('a successor is known for as long as it stays configured', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const one = deployment.start(server.consent('a'));
    await deployment.renew(one, 4);
    for (let n = 0; n < 10; n++) {
      await deployment.renew(deployment.start('a-2'));
      deployment.clock.advance(50 * DAY);
    }
    expect(server.reused).toEqual([]);
  });

  it('a successor is known after the store accepts its pending pointer', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const { faults, memory, clock } = deployment;
    const one = deployment.start(server.consent('a'));
    faults.set = (key, ...rest) =>
      key === 'family of a-1' ? Promise.reject(new Error('down')) : memory.set(key, ...rest);
    await one.token();
    faults.set = undefined;
    clock.advance(1_000);
    await idle();
    expect(await deployment.renew(deployment.start('a-1'))).toMatch(/^a-access/);
    expect(server.sent).toEqual(['a-0', 'a-1']);
  });

  it('a successor is not sent while the store cannot name its family', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const { faults, clock } = deployment;
    await deployment.renew(deployment.start(server.consent('a')), 3);
    faults.get = () => Promise.reject(new Error('down'));
    const other = deployment.start('a-1');
    expect(await rejection(other.token())).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    faults.get = undefined;
    clock.advance(HOUR);
    await other.token();
    expect(server.sent).toEqual(['a-0', 'a-1', 'a-2', 'a-3']);
  });

  it('an account changes to the right family when the store names it late', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const { faults, memory, clock } = deployment;
    await deployment.renew(deployment.start(server.consent('a')), 3);
    const other = deployment.start('a-1');
    let looks = 0;
    faults.get = async (key) => (looks++ === 0 ? {} : memory.get(key)); // as a replica that lags behind
    await rejection(other.token());
    clock.advance(HOUR);
    expect(await other.token()).toMatch(/^a-access/);
    expect(server.reused).toEqual([]);
  });
});

describe('accounts that are configured with the same refresh token', () => {
  const SUBJECTS = ['ama', 'kofi', 'esi'];

  it.each([true, false])(
    'accounts of several subjects take turns with one refresh token, with a store: %s',
    async (shared) => {
      const deployment = new Deployment({ shared });
      const { server } = deployment;
      const bench = deployment.start(server.consent('a'));
      for (let round = 0; round < 4; round++) {
        const calls = SUBJECTS.map((subject) => bench.token({ subject }));
        for (let waited = 0; waited < 2_000; waited += 50) {
          await idle();
          deployment.clock.advance(50);
        }
        const { errors, values } = await settle(calls);
        expect([errors, new Set(values).size]).toEqual([[], 3]);
        deployment.clock.advance(HOUR);
      }
      expect(server.sent).toEqual(server.sent.map((_, n) => `a-${n}`));
      expect(server.sent).toHaveLength(12);
    },
  );

  it.each([true, false])(
    'accounts with a database row each take turns with one refresh token, with a store: %s',
    async (shared) => {
      const deployment = new Deployment({ shared });
      const { server } = deployment;
      const first = server.consent('a');
      const rows = new Map(SUBJECTS.map((subject) => [subject, first]));
      const bench = deployment.start('');
      const { source } = bench;
      source.onPrepare = ({ subject }) => void (source.configuredRefreshToken = rows.get(subject!));
      for (let round = 0; round < 5; round++) {
        deployment.clock.advance(HOUR);
        for (const subject of SUBJECTS) {
          const { refreshToken } = await bench.provider.getToken({ subject });
          rows.set(subject, refreshToken!);
        }
      }
      expect(server.sent).toEqual(server.sent.map((_, n) => `a-${n}`));
    },
  );

  it('several accounts try a refused refresh token as rarely as one account', async () => {
    const bench = new Deployment({ shared: false }).start('refused');
    const { clock, source, provider } = bench;
    source.onAsk = (ask) => ask.fail(permanent());
    for (let passed = 0; passed < HOUR; passed += 5_000) {
      const { errors } = await settle(SUBJECTS.map((subject) => bench.token({ subject })));
      expect(errors).toHaveLength(3);
      expect(errors[2]).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED', status: 400 });
      clock.advance(5_000);
    }
    expect(source.asks).toHaveLength(7);
    for (const subject of SUBJECTS) {
      provider.invalidate({ subject });
      await rejection(bench.token({ subject }));
    }
    expect(source.asks).toHaveLength(10);
  });

  it('an account tries a refresh token that was refused for another scope', async () => {
    const bench = new Deployment({ shared: false }).start('configured');
    bench.source.onAsk = (ask) =>
      ask.target.scope === 'write' ? ask.fail(permanent()) : ask.grant({ refreshToken: 'next' });
    await rejection(bench.token({ scope: 'write' }));
    expect(await bench.token({ scope: 'read' })).toBe('token-2');
  });

  it('accounts of two providers take turns with one refresh token', async () => {
    const deployment = new Deployment({ shared: false });
    const { server } = deployment;
    const families = new RefreshTokenFamilies();
    const configured = server.consent('a');
    const benches = [1, 2].map(() => deployment.start(configured, { families }));
    for (let round = 0; round < 3; round++) {
      await settle(benches.map((bench) => bench.token()));
      deployment.clock.advance(HOUR);
    }
    expect(server.sent).toEqual(['a-0', 'a-1', 'a-2', 'a-3', 'a-4', 'a-5']);
  });
});

describe('another refresh token that is configured', () => {
  it('another configured refresh token is another account', async () => {
    const deployment = new Deployment();
    const { server } = deployment;
    const [ama, kofi] = ['ama', 'kofi'].map((account) => server.consent(account));
    await deployment.renew(deployment.start(ama!), 2);
    expect(await deployment.start(kofi!).token()).toMatch(/^kofi-access/);
    expect(await deployment.start(ama!).token()).toMatch(/^ama-access/);
  });

  it('a newly configured refresh token takes over at the next renewal', async () => {
    for (const shared of [true, false]) {
      const deployment = new Deployment({ shared });
      const { server } = deployment;
      let configured = server.consent('ama');
      const bench = deployment.start(() => configured);
      await deployment.renew(bench, 2);
      configured = server.consent('kofi');
      expect(await deployment.renew(bench)).toMatch(/^kofi-access/);
      expect(server.sent).toEqual(['ama-0', 'ama-1', 'kofi-0']);
    }
  });
});

describe('any history of configuring, renewing, refusing and restarting', () => {
  const step = fc.oneof(
    fc.record({ what: fc.constant('configure' as const), account: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ what: fc.constant('renew' as const), times: fc.constantFrom(1, 2, 11) }),
    fc.record({ what: fc.constant('refuse' as const) }),
    fc.record({ what: fc.constant('restart' as const) }),
    /** An instance that starts with an earlier refresh token. */
    fc.record({ what: fc.constant('another' as const), back: fc.nat(30) }),
  );

  it('any history sends no refresh token twice and gives each account its own tokens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const deployment = new Deployment();
        const { server } = deployment;
        const consents = { a: 0, b: 0, c: 0 };
        const consent = (account: 'a' | 'b' | 'c') =>
          server.consent(`${account}${consents[account]++}`);
        const written = [consent('a')];
        let configured = written[0]!;
        let bench = deployment.start(configured);
        const call = async (bench: ProviderBench, account: string) => {
          deployment.clock.advance(HOUR);
          const token = await bench.provider.getToken().catch(() => undefined);
          if (!token) return;
          expect(token.accessToken.startsWith(`${account}-access`)).toBe(true);
          if (token.refreshToken !== undefined) written.push(token.refreshToken);
        };
        const accountOf = (refreshToken: string) => refreshToken.split('-')[0]!;
        for (const it of steps) {
          if (it.what === 'configure') {
            written.push((configured = consent(it.account)));
            bench = deployment.start(configured);
          } else if (it.what === 'renew') {
            for (let n = 0; n < it.times; n++) await call(bench, accountOf(configured));
          } else if (it.what === 'refuse') server.withdraw(accountOf(configured));
          else if (it.what === 'restart') bench = deployment.start(configured);
          else {
            const earlier = written[Math.max(0, written.length - 1 - it.back)]!;
            await call(deployment.start(earlier), accountOf(earlier));
          }
        }
        expect(server.reused).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
