import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { root } from './pages.js';

/** Why a case may be without a test. */
const EXCUSE = /^(?:waits|not ours|decided otherwise): \S/;

interface Case {
  readonly number: string;
  readonly tests: readonly string[];
  readonly excuse: string | undefined;
}

/** The rows of the tables: `case | what | test`, several tests apart by `<br>`. */
function casesIn(page: string): Case[] {
  return page
    .split('\n')
    .filter((line) => /^\| T?\d/.test(line))
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.replace(/\\([|*_<])/g, '$1').trim());
      const [, number = '', what = '', shown = ''] = cells;
      if (cells.length !== 5 || what === '') throw new Error(`not a row: ${line}`);
      return EXCUSE.test(shown)
        ? { number, tests: [], excuse: shown }
        : { number, tests: shown.split('<br>'), excuse: undefined };
    });
}

/** Whether a file names a test so: as a whole, in any kind of quotes. */
function isIn(source: string, name: string): boolean {
  const forms = [name, name.replaceAll("'", "\\'"), name.replaceAll('`', '\\`')];
  return forms.some((form) => ["'", '"', '`'].some((q) => source.includes(`${q}${form}${q}`)));
}

/** What is wrong with a reference, `path › name`. */
function problem(reference: string): string | undefined {
  const [path = '', name, ...rest] = reference.split(' › ');
  if (!name || rest.length > 0 || !path.endsWith('spec.ts')) return 'is not `path › name`';
  const file = join(root, path);
  if (!existsSync(file)) return 'names no file';
  return isIn(readFileSync(file, 'utf8'), name) ? undefined : 'names no test';
}

describe('the table of cases', () => {
  const cases = casesIn(readFileSync(join(root, 'test/cases.md'), 'utf8'));

  it('the table of cases names an existing test, or a reason, for every case', () => {
    const problems = cases.flatMap(({ number, tests }) =>
      tests
        .map((reference) => [number, reference, problem(reference)])
        .filter(([, , wrong]) => wrong !== undefined),
    );
    expect(problems).toEqual([]);
  });

  it('the table of cases has every case once, in order', () => {
    const numbers = cases.map(({ number }) => number);
    expect(numbers.length).toBeGreaterThan(200);
    for (const ofOneList of [/^\d/, /^T/]) {
      const list = numbers.filter((n) => ofOneList.test(n)).map((n) => Number(n.replace('T', '')));
      expect(list).toEqual([...new Set(list)].sort((a, b) => a - b));
    }
  });

  it('the files in the reasons of the table of cases exist', () => {
    const named = cases.flatMap(({ excuse }) => excuse?.match(/\b(?:test|docs)\/[\w./-]+/g) ?? []);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('a reference to a test', () => {
  it.each([
    ['test/package/cases.spec.ts › a reference to a test', undefined],
    ['test/package/cases.spec.ts › a reference to', 'names no test'],
    ['test/package/nowhere.spec.ts › a reference to a test', 'names no file'],
    ['test/package/cases.spec.ts', 'is not `path › name`'],
    ['a promise to write one', 'is not `path › name`'],
  ])('a reference to a test is checked: %j: %s', (reference, expected) => {
    expect(problem(reference)).toBe(expected);
  });
});
