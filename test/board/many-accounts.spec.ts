import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { OAuth2ClientError, OAuth2Events, systemClock } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { BoardApp } from '../support/board-app.js';
import { EventStream } from '../support/event-stream.js';
import type { ManualClock } from '../support/manual-clock.js';
import { ProviderBench } from '../support/provider-bench.js';

const refused = new OAuth2ClientError({
  code: 'CREDENTIALS_REJECTED',
  stage: 'token request',
  reason: 'The token endpoint answered 400 to the grant (invalid_grant).',
  hint: 'Check the credentials.',
});

describe('a board with 10,000 accounts', () => {
  let board: BoardApp;
  const accountsOn = (page: string) =>
    [...page.matchAll(/<th scope="row">\s*([\w-]+)\s*<small>/g)].map(([, account]) => account);

  beforeAll(async () => {
    const { source, provider } = new ProviderBench({
      clock: systemClock as ManualClock,
      labelOf: (target) => target?.subject && `tenant-${target.subject}`,
      emit: (event) => board.app.get(OAuth2Events).emit(event),
    });
    source.onAsk = (ask) => {
      const fails = ['4711', '4712'].includes(ask.target.subject ?? '');
      if (fails) ask.fail(refused);
      else ask.grant();
    };
    board = await BoardApp.start({
      providers: [acme({ url: 'http://127.0.0.1:1' })],
      tokens: provider,
    });
    const subjects = Array.from({ length: 9_998 }, (_, i) => `${i}`);
    await Promise.allSettled(subjects.map((subject) => provider.getToken({ subject })));
  }, 120_000);
  afterAll(() => board.close());

  it('shows 25 of them, those in trouble first', async () => {
    const page = await board.page();
    expect(accountsOn(page)).toHaveLength(25);
    expect(accountsOn(page).slice(0, 3)).toEqual(['tenant-4711', 'tenant-4712', 'tenant-0']);
    expect(page).toContain('9,998 accounts.');
    expect(page).toMatch(/<dt>Accounts<\/dt>\s*<dd>9,998<small>2 down/);
    expect(page).toContain('Page 1 of 400');
    expect(page.length).toBeLessThan(100_000);
  });

  it('finds one by a part of its label, and all in one state', async () => {
    const found = await board.page('?q=TENANT-123');
    expect(found).toContain('11 of 9,998 accounts');
    expect(accountsOn(found)[0]).toBe('tenant-123');
    expect(accountsOn(await board.page('?state=down'))).toEqual(['tenant-4711', 'tenant-4712']);
    expect(await board.page('?q=nobody')).toContain('0 of 9,998 accounts');
  });

  it('has links to the other pages that keep the search', async () => {
    const page = await board.page('?q=tenant-1&window=6+h&page=2');
    expect(page).toContain('href="?window=6+h&amp;q=tenant-1#accounts-heading"');
    expect(page).toContain('href="?window=6+h&amp;q=tenant-1&amp;page=3#accounts-heading"');
    expect(accountsOn(await board.page('?page=400'))).toHaveLength(23);
    expect(accountsOn(await board.page('?page=99999'))).toHaveLength(23);
  });

  it('sends pages little, however many events there are', async () => {
    const events = await EventStream.open(`${board.url}/oauth2/events?q=tenant-4711`);
    await events.next();
    for (let i = 0; i < 500; i++) {
      board.tokens().invalidate({ subject: `${i}` });
      await board.tokens().getToken({ subject: `${i}` });
    }
    const update = await events.until('renewals');
    events.close();
    expect(update.length).toBeLessThan(100_000);
  });

  it('takes less than half a second of the processor', async () => {
    await board.page();
    const before = process.cpuUsage();
    for (let i = 0; i < 5; i++) await board.page();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 5_000).toBeLessThan(500);
  });
});
