import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { LiveStreams } from '../../lib/board/live-streams.js';
import { LoopbackServer } from '../../lib/testing/loopback-server.js';
import { ManualClock } from '../support/manual-clock.js';

describe('the streams of the board', () => {
  let server: LoopbackServer;
  let clock: ManualClock;
  let updates: number;
  let streams: LiveStreams<object>;

  beforeEach(async () => {
    server = await LoopbackServer.start();
    clock = new ManualClock();
    updates = 0;
    streams = new LiveStreams(clock, () => ({ now: ++updates, sectionsFor: () => [] }));
  });
  afterEach(() => server.close());

  /** A request whose response nobody has begun. */
  async function asked(reader: AbortController): Promise<ServerResponse> {
    const response = new Promise<ServerResponse>((resolve) => {
      server.serve((_request, response) => resolve(response));
    });
    fetch(server.url, { signal: reader.signal }).catch(() => {});
    return response;
  }

  it('go on while a page is open', async () => {
    const reader = new AbortController();
    const response = await asked(reader);
    streams.open({}, response);
    clock.advance(60_000);
    expect(updates).toBe(13);
    reader.abort();
    await once(response, 'close');
    clock.advance(60_000);
    expect(updates).toBe(13);
  });

  it('forget a reader that has left while a guard was deciding', async () => {
    const reader = new AbortController();
    const response = await asked(reader);
    reader.abort();
    await once(response, 'close');
    streams.open({}, response);
    clock.advance(60_000);
    expect(updates).toBe(0);
  });

  it('write nothing after they are closed', async () => {
    const reader = new AbortController();
    const response = await asked(reader);
    const failures: unknown[] = [];
    response.on('error', (error) => failures.push(error));
    streams.open({}, response);
    clock.advance(1);
    streams.close();
    streams.changed();
    clock.advance(60_000);
    await once(response, 'close');
    reader.abort();
    expect([updates, failures]).toEqual([1, []]);
  });
});
