import { describe, expect, it } from '@jest/globals';

import { History } from '../../lib/board/history.js';
import { timeline, usualWindow } from '../../lib/board/timeline.js';
import { OAuth2ClientError } from '../../lib/index.js';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const error = new OAuth2ClientError({
  code: 'TOKEN_ENDPOINT_UNAVAILABLE',
  provider: 'acme',
  stage: 'token request',
  reason: 'The token endpoint answered 503.',
  hint: 'Wait.',
});

/** A history, minute by minute. */
class Story {
  readonly history = new History(START);

  obtained(minute: number, lifetime = HOUR, account?: string): this {
    const at = START + minute * MINUTE;
    const times = { durationMs: 20, expiresAt: at + lifetime };
    const event = { type: 'token.obtained', by: 'login', reason: 'first', ...times } as const;
    this.history.record({ ...event, provider: 'acme', account }, at);
    return this;
  }

  failed(minute: number, serving: boolean, account?: string): this {
    const course = { reason: 'stale', durationMs: 20, retryAfter: 3, isRepeated: false } as const;
    const event = { type: 'token.failed', error, serving, ...course } as const;
    this.history.record({ ...event, provider: 'acme', account }, START + minute * MINUTE);
    return this;
  }

  /** The picture after some minutes, of the last hour. */
  after(minutes: number): string {
    return timeline('p', this.history, START + minutes * MINUTE, HOUR).text;
  }

  bandsAfter(minutes: number): string[] {
    const band = /class="band (\w+)"\s+x="([\d.]+%)"\s+y="\d+"\s+width="([\d.]+%)"/g;
    return [...this.after(minutes).matchAll(band)].map(([, ...parts]) => parts.join(' '));
  }
}

describe('the timeline', () => {
  it('shows how long a token has served', () => {
    expect(new Story().obtained(0).bandsAfter(30)).toEqual(['up 50% 50%']);
  });

  it('joins renewals of a provider that is up', () => {
    expect(new Story().obtained(0).obtained(20).bandsAfter(30)).toEqual(['up 50% 50%']);
  });

  it('ends where a token expires that nobody renews', () => {
    expect(new Story().obtained(0, 15 * MINUTE).bandsAfter(30)).toEqual(['up 50% 25%']);
  });

  it('shows when the old token serves, when it has expired, and when there is a new one', () => {
    const story = new Story()
      .obtained(0, 30 * MINUTE)
      .failed(24, true)
      .obtained(42);
    expect(story.bandsAfter(60)).toEqual([
      'up 0% 40%',
      'degraded 40% 10%',
      'down 50% 20%',
      'up 70% 30%',
    ]);
    expect(story.after(60)).toContain(
      'In the last 1 h 00 min: 2 renewals, 1 failed, degraded for 6 min 00 s, down for 12 min 00 s.',
    );
  });

  it('shows only what is within its time', () => {
    const story = new Story().failed(0, false).obtained(30);
    expect(story.bandsAfter(75)).toEqual(['down 0% 25%', 'up 25% 75%']);
    expect(story.after(75)).toContain('In the last 1 h 00 min: 1 renewal, down for 15 min 00 s.');
  });

  it('is degraded while some accounts fail, and down when all do', () => {
    const story = new Story().obtained(0, HOUR, 'a').obtained(0, HOUR, 'b');
    story.failed(15, false, 'a').failed(30, false, 'b').obtained(45, HOUR, 'a');
    expect(story.bandsAfter(60)).toEqual([
      'up 0% 25%',
      'degraded 25% 25%',
      'down 50% 25%',
      'degraded 75% 25%',
    ]);
  });

  it('stays small, however much happens', () => {
    const story = new Story();
    for (let minute = 0; minute < 3_000; minute++) {
      story
        .obtained(minute, HOUR, `account-${minute}`)
        .failed(minute + 0.5, false, `account-${minute}`);
    }
    const { spans, marks, entries } = story.history;
    expect([spans.length, marks.length, entries.length]).toEqual([300, 1_000, 50]);
    expect(story.after(3_000).length).toBeLessThan(100_000);
  });

  it('counts in the time that its buffers reach back, and says how long that is', () => {
    const story = new Story();
    for (let second = 0; second < 1_500; second++) story.obtained(second / 60);
    expect(story.after(25)).toContain('In the last 16 min 40 s: 1,000 renewals.');
    const restless = new Story();
    for (let second = 0; second < 800; second += 2) {
      restless.obtained(second / 60).failed((second + 1) / 60, false);
    }
    expect(restless.after(800 / 60)).toContain(
      'In the last 5 min 00 s: 150 renewals, 150 failed, down for 2 min 30 s.',
    );
  });

  it('begins with a time that fits what has been seen', () => {
    expect([0, 6 * MINUTE, 20 * MINUTE, 30 * HOUR].map(usualWindow)).toEqual([
      '5 min',
      '15 min',
      '1 h',
      '1 h',
    ]);
  });
});
