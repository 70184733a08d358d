import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

import { values } from '../../lib/index.js';
import { casesBetween, declarationOf } from './cases.js';
import { OUT_OF_REACH, VENDORS } from './names.js';
import type { VendorCase } from './simulation.js';

/** Ready-made functions of the package, by their code: some of them are made anew for each use. */
const READY_MADE = new Set(
  [
    ...Object.values(values),
    values.credential('any'),
    values.response('any', 'place'),
    values.extra('any'),
    values.digest('sha256'),
    values.hmac('sha256', 'any'),
  ].map(String),
);

/** The one call that declares a vendor, as the file has it. */
function callIn(slug: string): string {
  const [, call] = readFileSync(declarationOf(slug), 'utf8').split('declare = (server: string) =>');
  return call!.trim();
}

/** Functions of a declaration's own, wherever in it they stand, and wherever they are written. */
function functionsIn(part: unknown): unknown[] {
  if (typeof part === 'function') return READY_MADE.has(String(part)) ? [] : [part];
  if (Array.isArray(part)) return part.flatMap(functionsIn);
  const isPlain = part?.constructor === Object;
  return isPlain ? Object.values(part).flatMap(functionsIn) : [];
}

function isData({ name, declare }: VendorCase): boolean {
  const call = callIn(VENDORS[name]!);
  const isWritten = /=>|\bfunction\b/.test(call);
  return !isWritten && functionsIn(declare('http://127.0.0.1:1')).length === 0;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

test('every vendor has a definition or a reason', () => {
  const names = [...Object.keys(VENDORS), ...Object.keys(OUT_OF_REACH)];
  expect(new Set(names).size).toBe(82);
  expect(names).toHaveLength(82);
  const folder = fileURLToPath(new URL('./declarations', import.meta.url));
  const written = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  const listed = Object.values(VENDORS);
  // One whose logins can be declared, but not how its API takes the token.
  expect(written.filter((slug) => !listed.includes(slug))).toEqual(['paymob-accept']);
});

test('most vendors are declared in a few lines of data', async () => {
  const cases = await casesBetween('a', 'z');
  const data = cases.filter(isData);
  const lines = cases.map(({ name }) => callIn(VENDORS[name]!).split('\n').length);
  expect(cases.length).toBeGreaterThanOrEqual(78);
  expect(data.length).toBeGreaterThanOrEqual(66);
  process.stdout.write(
    `vendors: ${cases.length} declared, ${data.length} of them without a function, ` +
      `${Object.keys(OUT_OF_REACH).length} out of reach; ` +
      `lines per declaration: median ${median(lines)}, from ${Math.min(...lines)} to ${Math.max(...lines)}; ` +
      `with a function: ${cases
        .filter((one) => !data.includes(one))
        .map(({ name }) => name)
        .join(', ')}\n`,
  );
});
