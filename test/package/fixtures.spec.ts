import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { root } from './pages.js';

/** What real secrets look like, as secret scanners know them. */
const RULES: Record<string, RegExp> = {
  'a private key': /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}/,
  'a key of AWS': /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/,
  'a token of GitHub': /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})\b/,
  'a token of npm': /\bnpm_[A-Za-z0-9]{36}\b/,
  'a token of Slack': /\bxox[abprs]-[A-Za-z0-9-]{20,}/,
  'a key of Stripe': /\b[rs]k_live_[A-Za-z0-9]{20,}/,
  'a key of Google': /\bAIza[\w-]{35}\b/,
  'a signed JWT': /\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{30,}/,
  'a URL with a password':
    /\b(?:https|rediss?|postgres):\/\/[^\s/:@'"`$<>{}]+:[^\s/@'"`$<>{}]{8,}@/,
};

const found = (text: string) => Object.keys(RULES).filter((name) => RULES[name]!.test(text));

/** Everything that is, or is about to be, in the repository. */
function files(): string[] {
  const list = (...args: string[]) =>
    execFileSync('git', ['ls-files', ...args], { cwd: root, encoding: 'utf8' }).split('\n');
  const paths = [...list(), ...list('--others', '--exclude-standard')];
  return [...new Set(paths)].filter((path) => path !== '' && path !== 'package-lock.json');
}

function read(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return ''; // removed, and not yet committed
  }
}

describe('what looks like a real secret', () => {
  const run = (character: string, length: number) => character.repeat(length);

  it.each<[string, string]>([
    ['a private key', `-----BEGIN RSA PRIVATE KEY-----\n${run('M', 64)}`],
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${run('M', 64)}`],
    ['a key of AWS', `AKIA${run('A', 16)}`],
    ['a token of GitHub', `ghp_${run('a', 36)}`],
    ['a token of GitHub', `github_pat_${run('a', 82)}`],
    ['a token of npm', `npm_${run('a', 36)}`],
    ['a token of Slack', `xoxb-${run('1', 24)}`],
    ['a key of Stripe', `sk_live_${run('a', 24)}`],
    ['a key of Google', `AIza${run('a', 35)}`],
    ['a signed JWT', `eyJ${run('a', 24)}.eyJ${run('b', 24)}.${run('c', 43)}`],
    ['a URL with a password', `rediss://user:${run('x', 12)}@host`],
  ])('a text that looks like a real secret is recognised: %s', (name, text) => {
    expect(found(`const value = '${text}';`)).toEqual([name]);
  });

  it('no file of the repository has a text that looks like a real secret', () => {
    const paths = files();
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter((path) => /(^|\/)\.env(\.|$)|\.(pem|key|p12|pfx)$/.test(path))).toEqual([]);
    const hits = paths.flatMap((path) => found(read(path)).map((name) => `${path}: ${name}`));
    expect(hits).toEqual([]);
  });
});
