// Holds that the tarball has both builds of every entry point, the types of every file in lib/, the four
// pages that users need, and nothing else. Usage: node scripts/check-tarball.mjs FILE.tgz
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const FORMATS = ['esm', 'cjs'];
const types = readdirSync('lib', { recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, '.d.ts'))
  .flatMap((file) => FORMATS.map((format) => `dist/${format}/${file}`));
const code = Object.values(JSON.parse(readFileSync('package.json', 'utf8')).exports)
  .filter((conditions) => typeof conditions === 'object')
  .flatMap((conditions) => [conditions.import.default, conditions.require.default])
  .map((path) => path.slice(2));
/** What several entry points have in common. */
const shared = FORMATS.flatMap((format) =>
  readdirSync(`dist/${format}/shared`).map((file) => `dist/${format}/shared/${file}`),
);
const pages = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
const expected = new Set([...types, ...code, ...shared, ...pages, 'dist/cjs/package.json']);

const listed = execFileSync('tar', ['-tzf', process.argv[2]], { encoding: 'utf8' });
const packed = new Set(
  listed
    .trim()
    .split('\n')
    .map((path) => path.replace('package/', '')),
);
const missing = [...expected].filter((path) => !packed.has(path));
const surplus = [...packed].filter((path) => !expected.has(path));
for (const path of missing) console.error(`missing: ${path}`);
for (const path of surplus) console.error(`should not be packed: ${path}`);
process.exitCode = missing.length + surplus.length > 0 ? 1 : 0;
