import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { root } from './pages.js';

interface Violation {
  rule: { name: string };
  from: string;
  to: string;
}

// One broken file for every rule of .dependency-cruiser.mjs: [rule, file, what it imports].
const BROKEN = [
  ['util-imports-only-lower-layers', 'lib/util/a.ts', '../core/fine.js'],
  ['util-imports-only-its-packages', 'lib/util/b.ts', 'axios'],
  ['core-imports-only-lower-layers', 'lib/core/a.ts', '../oauth2/fine.js'],
  ['core-imports-only-its-packages', 'lib/core/b.ts', 'axios'],
  ['account-imports-only-lower-layers', 'lib/account/a.ts', '../sharing/fine.js'],
  ['account-imports-only-its-packages', 'lib/account/b.ts', 'axios'],
  ['sharing-imports-only-lower-layers', 'lib/sharing/a.ts', '../lifecycle/fine.js'],
  ['sharing-imports-only-its-packages', 'lib/sharing/b.ts', 'axios'],
  ['lifecycle-imports-only-lower-layers', 'lib/lifecycle/a.ts', '../oauth2/fine.js'],
  ['lifecycle-imports-only-its-packages', 'lib/lifecycle/b.ts', 'axios'],
  ['oauth2-imports-only-lower-layers', 'lib/oauth2/a.ts', '../http/fine.js'],
  ['oauth2-imports-only-its-packages', 'lib/oauth2/b.ts', '@nestjs/common'],
  ['providers-imports-only-lower-layers', 'lib/providers/a.ts', '../stores/fine.js'],
  ['providers-imports-only-its-packages', 'lib/providers/b.ts', 'rxjs'],
  ['providers-takes-only-types-from-packages', 'lib/providers/c.ts', 'axios'],
  ['stores-imports-only-lower-layers', 'lib/stores/a.ts', '../oauth2/fine.js'],
  ['stores-imports-only-its-packages', 'lib/stores/b.ts', 'rxjs'],
  ['http-imports-only-lower-layers', 'lib/http/a.ts', '../providers/fine.js'],
  ['http-imports-only-its-packages', 'lib/http/b.ts', '@nestjs/axios'],
  ['module-imports-only-lower-layers', 'lib/module/a.ts', '../index.js'],
  ['module-imports-only-its-packages', 'lib/module/b.ts', 'fast-check'],
  ['opentelemetry-imports-only-lower-layers', 'lib/opentelemetry/a.ts', '../http/fine.js'],
  ['opentelemetry-imports-only-its-packages', 'lib/opentelemetry/b.ts', 'rxjs'],
  ['terminus-imports-only-lower-layers', 'lib/terminus/a.ts', '../http/fine.js'],
  ['terminus-imports-only-its-packages', 'lib/terminus/b.ts', 'axios'],
  ['every-file-in-a-layer', 'lib/health/a.ts', '../core/fine.js'],
  ['only-files-in-a-layer', 'lib/module/c.ts', '../stray.js'],
  ['nothing-imports-the-entry', 'lib/module/d.ts', 'nestjs-oauth2-client'],
  ['no-barrels', 'lib/module/e.ts', '../core/index.js'],
  ['no-cycles', 'lib/core/circle.ts', './round.js'],
  ['no-unresolvable', 'lib/core/f.ts', './nowhere.js'],
  ['only-lib', 'lib/core/g.ts', '../../test/fine.js'],
  ['only-peers', 'lib/index.ts', 'fast-check'],
] as const;

const FINE = [
  ['lib/util/fine.ts', 'node:crypto'],
  ['lib/sharing/fine.ts', '../core/fine.js'],
  ['lib/lifecycle/fine.ts', '../sharing/fine.js'],
  ['lib/core/fine.ts', 'node:crypto'],
  ['lib/core/index.ts', './fine.js'],
  ['lib/core/round.ts', './circle.js'],
  ['lib/oauth2/fine.ts', '../core/fine.js'],
  ['lib/providers/fine.ts', '../oauth2/fine.js'],
  ['lib/stores/fine.ts', '../core/fine.js'],
  ['lib/http/fine.ts', 'axios'],
  ['lib/module/fine.ts', '@nestjs/axios'],
  ['lib/terminus/fine.ts', '@nestjs/terminus'],
  ['lib/opentelemetry/fine.ts', '@opentelemetry/api'],
  ['lib/stray.ts', 'node:url'],
  ['test/fine.ts', 'node:url'],
] as const;

describe('the rules that hold the layers', () => {
  it('the layer rules report every kind of forbidden import, and no other', () => {
    const violations = cruise([...FINE, ...BROKEN.map(([, file, target]) => [file, target])]);
    const found = new Set(violations.map(({ rule, from }) => `${from} ${rule.name}`));
    for (const [rule, file] of BROKEN) expect(found).toContain(`${file} ${rule}`);
    const fine = FINE.map(([file]) => file).filter((file) => file !== 'lib/stray.ts');
    expect(violations.filter(({ from }) => fine.some((file) => file === from))).toEqual([]);
  }, 60_000);

  it('this library keeps the layer rules', () => {
    const found = report(root).map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
    expect(found).toEqual([]);
  }, 60_000);
});

/** Writes a tree of files with one import each, inside the repository for the sake of node_modules. */
function cruise(files: readonly (readonly string[])[]): Violation[] {
  mkdirSync(join(root, 'temp'), { recursive: true });
  const copy = mkdtempSync(join(root, 'temp/layers-'));
  try {
    for (const name of ['package.json', 'tsconfig.json', '.dependency-cruiser.mjs']) {
      cpSync(join(root, name), join(copy, name));
    }
    for (const [file = '', target] of files) {
      mkdirSync(join(copy, dirname(file)), { recursive: true });
      writeFileSync(join(copy, file), `export * from '${target}';\n`);
    }
    return report(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function report(cwd: string): Violation[] {
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [tool, 'lib', '--config', '.dependency-cruiser.mjs', '--output-type', 'json'];
  const { stdout } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 1e8 });
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}
