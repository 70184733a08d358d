import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import type { OAuth2EventBody } from '../../lib/core/events.js';
import { lineOf, type LoggedType } from '../../lib/module/log-lines.js';
import { permanent, transient } from '../support/failures.js';

const page = readFileSync('docs/operations.md', 'utf8');

/** Level and text of each line that a section explains. */
function rowsOf(section: string): string[] {
  const [, text = ''] = page.split(`## ${section}\n`);
  const rows = text.split('\n## ')[0]!.matchAll(/^### (`+) ?(.+?) ?\1\n+Level `(\w+)`/gm);
  return [...rows].map(([, , line, level]) => `${level} ${line}`);
}

type Samples = {
  readonly [T in LoggedType]: readonly Extract<OAuth2EventBody, { type: T }>[];
};

const error = transient();
const renewal = { reason: 'expired', durationMs: 1 } as const;
const failed = { type: 'token.failed', ...renewal, error, retryAfter: 1 } as const;
const obtained = { type: 'token.obtained', ...renewal, expiresAt: 0 } as const;

const connected = {
  type: 'account.connected',
  by: 'login',
  expiresAt: 0,
  lifetime: 'stated',
  hasRefreshToken: true,
  isRenewable: true,
  missingScope: [],
} as const;

/** An event of each type, and of each form that is printed in another way. */
const SAMPLES: Samples = {
  'token.obtained': [
    { ...obtained, by: 'login' },
    { ...obtained, by: 'refresh' },
    { ...obtained, by: 'store' },
    { ...obtained, by: 'login', after: { seconds: 1, renewals: 1, calls: 1 } },
  ],
  'account.connected': [
    connected,
    { ...connected, missingScope: ['a'] },
    { ...connected, isRenewable: false, hasRefreshToken: false },
    { ...connected, isRenewable: false, hasRefreshToken: false, expiresAt: Infinity },
  ],
  'token.rejected': [{ type: 'token.rejected' }],
  'api.not_found': [{ type: 'api.not_found', baseURL: 'https://api.example' }],
  'renewal.withheld': [{ type: 'renewal.withheld', retryAfter: 1 }],
  'store.failed': [{ type: 'store.failed', reason: 'get: Error' }],
  'store.recovered': [{ type: 'store.recovered', seconds: 1 }],
  'definition.differs': [{ type: 'definition.differs', names: ['headers.x'] }],
  'refresh_token.lost': [{ type: 'refresh_token.lost' }],
  'hook.failed': [{ type: 'hook.failed', problem: 'failed (Error)' }],
  'revocation.failed': [{ type: 'revocation.failed', error }],
  'replaced_token.not_revoked': [{ type: 'replaced_token.not_revoked', reason: 'No.' }],
  'revocation.unfinished': [{ type: 'revocation.unfinished', accounts: 1 }],
  'clock.skewed': [{ type: 'clock.skewed', seconds: 60 }],
  'lifetime.doubtful': [
    {
      type: 'lifetime.doubtful',
      problem: 'missing',
      value: undefined,
      format: 'seconds',
      end: undefined,
      seconds: 300,
      fitting: [],
    },
  ],
  'definition.white_space': [{ type: 'definition.white_space', members: ['clientId'] }],
  'extra.missing': [{ type: 'extra.missing', paths: ['a'], found: ['b'] }],
  'extra.cut': [{ type: 'extra.cut' }],
  'refresh_token.ends_unused': [{ type: 'refresh_token.ends_unused', expiresAt: 0 }],
  'refresh.failed': [{ type: 'refresh.failed', error }],
  'token.failed': [
    { ...failed, serving: true, isRepeated: false },
    { ...failed, serving: false, isRepeated: false },
    { ...failed, serving: false, isRepeated: false, error: permanent() },
    { ...failed, serving: true, isRepeated: true },
  ],
  'serving.stopped': [
    { type: 'serving.stopped', error, retryAfter: 1 },
    { type: 'serving.stopped', error: permanent(), retryAfter: 1 },
  ],
};

const LOGGED = /\b[lL]ogger(?:\([^)]*\))?\.(?:log|warn|error|debug)\(\s*[`']([^`']+)/g;
const sources = readdirSync('lib/module').map((file) => readFileSync(`lib/module/${file}`, 'utf8'));

/** The constant parts of a text in which something varies. */
function constantsOf(text: string): string[] {
  return text
    .replace(/^\[\$\{name\}\] /, '')
    .split(/\$\{[^}]*(?:\}|$)|…/)
    .map((part) => part.replace(/^[ ,.]+|[ .:(),"]*$/g, '').trim())
    .filter(({ length }) => length > 8);
}

describe('docs/operations.md', () => {
  it('docs/operations.md has a row for each line about tokens and the store, with its level, and no other', () => {
    const printed = Object.values(SAMPLES)
      .flat()
      .map((news) => lineOf({ ...news, provider: 'acme' }))
      .map(([level, headline]) => `${level} ${headline}`);
    const documented = [...rowsOf('Lines about tokens'), ...rowsOf('Lines about the shared store')];
    expect(documented.sort()).toEqual([...new Set(printed)].sort());
  });

  it('docs/operations.md has a row for each line at start and at the end, and no other', () => {
    const rows = rowsOf('Lines at start and at the end');
    const texts = sources.flatMap((source) =>
      [...source.matchAll(LOGGED)].map(([, text]) => text!),
    );
    expect(texts.length).toBeGreaterThanOrEqual(2);
    for (const text of texts) expect(rows.join('\n')).toContain(constantsOf(text)[0]);
    for (const row of rows) {
      const text = row.replace(/^\w+ /, '');
      for (const part of constantsOf(text)) expect(sources.join('\n')).toContain(part);
    }
  });
});
