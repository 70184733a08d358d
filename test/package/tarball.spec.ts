import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { root } from './pages.js';

interface Entry {
  types: string;
  default: string;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  main: string;
  types: string;
  exports: Record<string, string | Record<string, Entry>>;
  repository: { url: string };
  homepage: string;
  bugs: string;
  scripts: Record<string, string>;
};
const entries = Object.entries(manifest.exports).filter(([path]) => path !== './package.json');

describe('the published package', () => {
  // Packed from a copy with made-up files: the real ones exist only after a build.
  const copy = mkdtempSync(join(tmpdir(), 'pack-'));
  afterAll(() => rmSync(copy, { recursive: true }));

  it('the published package has both builds and the pages that users need, and nothing else', () => {
    const packed = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'dist/cjs/index.d.ts',
      'dist/cjs/index.js',
      'dist/cjs/package.json',
      'dist/esm/core/errors.js',
      'dist/esm/index.d.ts',
      'docs/page.md',
    ];
    const leftOut = [
      '.ci/run',
      '.env',
      '.npmrc',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'bench/RESULTS.md',
      'dist/sample/main.js',
      'lib/index.ts',
      'scripts/build.mjs',
      'temp/package/old.tgz',
      'test/unit/some.spec.ts',
      'tsconfig.json',
    ];
    for (const path of [...packed, ...leftOut]) {
      mkdirSync(join(copy, dirname(path)), { recursive: true });
      writeFileSync(join(copy, path), '');
    }
    writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
    const command = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const [report] = JSON.parse(
      execFileSync('npm', command, { cwd: copy, encoding: 'utf8', stdio: 'pipe' }),
    ) as [{ files: { path: string }[] }];
    expect(new Set(report.files.map(({ path }) => path))).toEqual(
      new Set([...packed, 'package.json']),
    );
  }, 60_000);

  it('package.json names the repository, the documentation and the place to report a fault', () => {
    const { repository, homepage, bugs } = manifest;
    const url = /^git\+(https:\/\/.+)\.git$/.exec(repository.url)?.[1];
    expect([homepage, bugs]).toEqual([`${url}#readme`, `${url}/issues`]);
  });

  it('the published package runs nothing when it is installed', () => {
    const atInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(Object.keys(manifest.scripts).filter((name) => atInstall.includes(name))).toEqual([]);
    expect(existsSync(join(root, 'binding.gyp'))).toBe(false);
  });

  it.each(['dependencies', 'optionalDependencies', 'bundleDependencies'])(
    'the published package has no %s',
    (kind) => {
      expect(manifest).not.toHaveProperty(kind);
    },
  );

  // An app that requires axios gets another copy of its classes than one that imports it. A condition
  // that gives both the same build, such as module-sync, would have us throw errors of the wrong copy.
  it.each(entries)(
    'the published package has a build of %s for import and one for require',
    (_path, conditions) => {
      expect(Object.keys(conditions)).toEqual(['import', 'require']);
      const { import: esm, require: cjs } = conditions as Record<string, Entry>;
      expect(cjs).toEqual(JSON.parse(JSON.stringify(esm).replaceAll('/esm/', '/cjs/')));
      for (const condition of [esm, cjs]) expect(Object.keys(condition ?? {})[0]).toBe('types');
    },
  );

  it('every entry point of the package has a source file in lib', () => {
    const sources = entries.map(([, conditions]) =>
      (conditions as Record<string, Entry>)['import']?.default
        .replace('./dist/esm/', 'lib/')
        .replace(/js$/, 'ts'),
    );
    expect(sources.filter((path) => !existsSync(join(root, path ?? 'missing')))).toEqual([]);
  });

  it('tools that do not read the exports map find the entry points', () => {
    expect(manifest).toMatchObject({
      main: './dist/cjs/index.js',
      types: './dist/cjs/index.d.ts',
    });
  });
});
