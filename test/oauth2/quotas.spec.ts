import { describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import { rejection } from '../support/collect.js';
import { granted } from '../support/endpoint-bench.js';
import { idle } from '../support/provider-bench.js';
import { json, ScriptedEndpoint } from '../support/scripted-endpoint.js';

describe('a provider whose vendor allows few requests', () => {
  const quota = { requests: 2, seconds: 600 };

  it('a used-up quota fails with Retry-After and sends nothing', async () => {
    const bench = new ScriptedEndpoint({ quota });
    await bench.provider.for('ama').getToken();
    bench.clock.advance(100_000);
    await bench.provider.for('kofi').getToken();
    const error = await rejection(bench.provider.for('abena').getToken());
    expect(error).toMatchObject({
      code: 'THROTTLED',
      retryAfter: 500,
      retryable: true,
      evaluated: false,
      status: undefined,
    });
    expect(bench.requests).toHaveLength(2);
    bench.clock.advance(500_000);
    await bench.provider.for('abena').getToken();
    expect(bench.requests).toHaveLength(3);
  });

  it('a stale token is used while the quota is used up', async () => {
    const bench = new ScriptedEndpoint({ quota: { requests: 1, seconds: 3_600 } }, () =>
      granted({ expires_in: 3_600 }),
    );
    const tokens = await bench.provider.getToken();
    bench.clock.advance(3_500_000);
    expect(bench.provider.peek()).toBe(tokens);
    await idle();
    expect(bench.events.at(-1)).toMatchObject({ type: 'token.failed', serving: true });
    expect(await bench.provider.getToken()).toBe(tokens);
    expect(bench.requests).toHaveLength(1);
    bench.clock.advance(100_000);
    await bench.provider.getToken();
    expect(bench.requests).toHaveLength(2);
  });

  it('a quota counts every attempt and every step', async () => {
    const bench: ScriptedEndpoint = new ScriptedEndpoint(
      { quota: { requests: 4, seconds: 60 }, before: { step: { url: '/step' } } },
      ({ url }) => (url.endsWith('/step') || bench.requests.length > 2 ? granted() : json({}, 503)),
    );
    await bench.provider.getToken(); // step, token refused, step, token
    expect(bench.paths).toEqual(['/step', '/token', '/step', '/token']);
    const error = await rejection(bench.provider.for('ama').getToken());
    expect(error).toMatchObject({ code: 'THROTTLED' });
    expect(bench.requests).toHaveLength(4);
  });

  it('a request waits for the quota within its deadline', async () => {
    const quota = { requests: 1, seconds: 3 };
    const bench = new ScriptedEndpoint({ quota, defaultLifetime: 300 });
    await bench.provider.for('ama').getToken();
    const before = bench.clock.monotonic();
    await bench.provider.for('kofi').getToken();
    expect(bench.clock.monotonic() - before).toBe(3_000);
    const obtained = bench.events.filter(({ type }) => type === 'token.obtained');
    expect(obtained).toHaveLength(2);
    expect(bench.events.filter(({ type }) => type.endsWith('failed'))).toEqual([]);
  });

  it('as many accounts wait for the quota as fit the deadline, and others fail at once', async () => {
    const bench = new ScriptedEndpoint({ quota: { requests: 2, seconds: 4 } });
    const begun = bench.clock.monotonic();
    const subjects = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const calls = subjects.map((subject) => bench.provider.for(subject).getToken());
    const times = calls.map((call) =>
      call.then(
        () => bench.clock.monotonic() - begun,
        (error: unknown) => {
          const { code, retryAfter } = error as OAuth2ClientError;
          return `${code} ${retryAfter}`;
        },
      ),
    );
    expect(await Promise.all(times)).toEqual([
      0,
      0,
      4_000,
      4_000,
      8_000,
      8_000,
      'THROTTLED 12',
      'THROTTLED 12',
    ]);
  });

  it('two providers of the same vendor have separate quotas', async () => {
    const [one, other] = [new ScriptedEndpoint({ quota }), new ScriptedEndpoint({ quota })];
    for (const subject of ['a', 'b']) await one.provider.for(subject).getToken();
    await other.provider.getToken();
    expect(other.requests).toHaveLength(1);
  });
});
