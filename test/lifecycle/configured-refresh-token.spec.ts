import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { rejection, settle } from '../support/collect.js';
import { permanent, transient } from '../support/failures.js';
import { idle, ProviderBench } from '../support/provider-bench.js';

const HOUR = 3_600_000;

/** A provider that has a refresh token in its configuration and nothing else to log in with. */
function configured(): ProviderBench {
  const bench = new ProviderBench();
  bench.source.canLogInAgain = false;
  bench.source.configuredRefreshToken = 'configured';
  return bench;
}

describe('a refresh token in the configuration', () => {
  it('a configured refresh token obtains the first token and its successors obtain the next ones', async () => {
    const bench = configured();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: `refresh-${ask.number}` });
    for (let i = 0; i < 3; i++) {
      await bench.token();
      bench.clock.advance(HOUR);
    }
    expect(bench.source.history).toEqual([
      'refresh configured',
      'refresh refresh-1',
      'refresh refresh-2',
    ]);
  });

  it('a configured refresh token stays in use if the vendor does not rotate', async () => {
    const bench = configured();
    for (let i = 0; i < 3; i++) {
      await bench.token();
      bench.clock.advance(HOUR);
    }
    expect(new Set(bench.source.history)).toEqual(new Set(['refresh configured']));
  });

  it('a used refresh token is never sent again, even after its successor is refused', async () => {
    const bench = configured();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    await bench.token();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    for (let i = 0; i < 5; i++) {
      bench.clock.advance(HOUR);
      const error = await rejection(bench.token());
      expect(error).toMatchObject({
        code: 'REAUTHENTICATION_REQUIRED',
        provider: 'acme',
        retryable: false,
      });
    }
    expect(bench.source.history.filter((ask) => ask === 'refresh configured')).toHaveLength(1);
  });

  it('a call that waits too long for its turn fails without sending the refresh token', async () => {
    const bench = configured();
    const { clock } = bench;
    bench.source.onAsk = (ask) =>
      void clock.after(4_900, () => ask.grant({ refreshToken: `refresh-${ask.number}` }));
    const tokens = settle(['a', 'b', 'c'].map((scope) => bench.token({ scope })));
    for (let waited = 0; waited < 10_000; waited += 100) {
      await idle();
      clock.advance(100);
    }
    const { values, errors } = await tokens;
    expect(values).toEqual(['token-1', 'token-2']);
    expect(errors).toMatchObject([{ code: 'TOKEN_REQUEST_TIMEOUT' }]);
    expect(bench.source.history).toEqual(['refresh configured', 'refresh refresh-1']);
  });

  it('a refused refresh token is tried again after 30 s, then less and less often, down to once an hour', async () => {
    const bench = configured();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    const minutes: number[] = [];
    for (let seconds = 0; seconds < 4 * 3_600; seconds += 30) {
      const error = await rejection(bench.token());
      expect(error).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
      if (bench.source.asks.length > minutes.length) minutes.push(seconds / 60);
      bench.clock.advance(30_000);
    }
    expect(minutes).toEqual([0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 123.5, 183.5]);
    expect(new Set(bench.source.history)).toEqual(new Set(['refresh configured']));
  });

  it('a refresh token that was refused for a moment works again by itself', async () => {
    const bench = configured();
    bench.source.onAsk = (ask) => (ask.number === 1 ? ask.fail(permanent()) : ask.grant());
    await rejection(bench.token());
    bench.clock.advance(30_000);
    expect(await bench.token()).toBe('token-2');
  });

  it.each([
    ['invalidate()', (bench: ProviderBench) => Promise.resolve(bench.provider.invalidate())],
    ['renew()', (bench: ProviderBench) => rejection(bench.provider.renew('token-0'))],
  ])('a refused refresh token is tried again at once after %s', async (_call, ask) => {
    const bench = configured();
    bench.source.onAsk = (request) => request.fail(permanent());
    await rejection(bench.token());
    await ask(bench);
    await rejection(bench.token());
    await rejection(bench.token());
    expect(bench.source.history).toEqual(['refresh configured', 'refresh configured']);
  });

  it('a thousand rejected callers try a refused refresh token once', async () => {
    const bench = configured();
    await bench.token();
    bench.source.onAsk = (ask) => ask.fail(permanent());
    for (let i = 0; i < 1_000; i++) await rejection(bench.provider.renew('token-1'));
    expect(bench.source.asks).toHaveLength(2);
  });

  it('a refresh token is sent again after a temporary failure', async () => {
    const bench = configured();
    bench.source.onAsk = (ask) => (ask.number === 1 ? ask.fail(transient()) : ask.grant());
    await rejection(bench.token());
    bench.clock.advance(1_000);
    expect(await bench.token()).toBe('token-2');
  });

  it('a refusal of the client does not end the refresh token', async () => {
    const bench = configured();
    bench.source.onAsk = (ask) => ask.fail(permanent({ error: 'invalid_client', status: 401 }));
    await rejection(bench.token());
    bench.source.onAsk = (ask) => ask.grant();
    bench.clock.advance(HOUR);
    expect(await bench.token()).toBe('token-2');
  });

  it('a new refresh token in the vault replaces a refused one', async () => {
    const bench = configured();
    bench.source.onAsk = (ask) =>
      ask.refreshToken === 'next' ? ask.grant() : ask.fail(permanent());
    await rejection(bench.token());
    bench.source.configuredRefreshToken = 'next';
    bench.clock.advance(HOUR);
    expect(await bench.token()).toBe('token-2');
    expect(bench.source.history).toEqual(['refresh configured', 'refresh next']);
  });

  it('a provider logs in after its configured refresh token is refused', async () => {
    const bench = new ProviderBench();
    bench.source.configuredRefreshToken = 'configured';
    bench.source.onAsk = (ask) => (ask.kind === 'refresh' ? ask.fail(permanent()) : ask.grant());
    expect(await bench.token()).toBe('token-2');
    bench.clock.advance(HOUR);
    await bench.token();
    expect(bench.source.history).toEqual(['refresh configured', 'login', 'login']);
  });

  it('a thousand callers send a configured refresh token once', async () => {
    const bench = configured();
    bench.source.onAsk = (ask) => ask.grant({ refreshToken: 'refresh-1' });
    const { errors } = await settle(bench.herd(1_000));
    expect([bench.source.history, errors]).toEqual([['refresh configured'], []]);
  });
});

describe('a vendor that rotates refresh tokens and forbids reuse', () => {
  /** What happens before the next call. */
  const step = fc.constantFrom('grant', 'fail before', 'invalidate', 'expire', 'herd');

  it('no refresh token is sent twice and the family never breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const bench = configured();
        const arrived: (string | undefined)[] = [];
        let requestIsLost = false;
        bench.source.onAsk = (ask) => {
          if (requestIsLost) return ask.fail(transient());
          arrived.push(ask.refreshToken);
          ask.grant({ refreshToken: `refresh-${arrived.length}` });
        };
        for (const what of steps) {
          requestIsLost = what === 'fail before';
          if (what === 'invalidate') bench.provider.invalidate();
          if (what === 'expire') bench.clock.advance(HOUR);
          await settle(bench.herd(what === 'herd' ? 5 : 1));
          bench.clock.advance(1_000);
        }
        requestIsLost = false;
        bench.clock.advance(HOUR);
        await bench.token();
        const expected = arrived.map((_, i) => (i === 0 ? 'configured' : `refresh-${i}`));
        expect(arrived).toEqual(expected);
      }),
    );
  });
});
