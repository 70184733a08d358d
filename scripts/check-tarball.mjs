// Holds that the tarball has both builds of every entry point, types of files in lib/ alone, the pages that
// users need, and nothing else, and that no entry point loads more JavaScript than its limit.
// Usage: node scripts/check-tarball.mjs FILE.tgz
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FORMATS = ['esm', 'cjs'];
/** Bytes of JavaScript that an app loads with each entry point, its shared files included. */
const MOST_LOADED = {
  '.': 399_000,
  './board': 80_000,
  './define': 180_000,
  './redis': 60_000,
  './store-contract': 60_000,
  './terminus': 35_000,
  './opentelemetry': 20_000,
  './testing': 60_000,
};
// Which of them an entry point names is the build's to know; the consumers fail where one is missing.
const types = readdirSync('lib', { recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, '.d.ts'))
  .flatMap((file) => FORMATS.map((format) => `dist/${format}/${file}`));
const { exports: exported } = JSON.parse(readFileSync('package.json', 'utf8'));
const code = Object.values(exported)
  .filter((conditions) => typeof conditions === 'object')
  .flatMap((conditions) => [conditions.import.default, conditions.require.default])
  .map((path) => path.slice(2));
/** What several entry points have in common. */
const shared = FORMATS.flatMap((format) =>
  readdirSync(`dist/${format}/shared`).map((file) => `dist/${format}/shared/${file}`),
);
const docs = readdirSync('docs', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith('.png')) // screenshots are large
  .map(({ parentPath, name }) => join(parentPath, name).replaceAll('\\', '/'));
const pages = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', ...docs];
const expected = new Set([...code, ...shared, ...pages, 'dist/cjs/package.json']);
for (const path of code) expected.add(path.replace(/js$/, 'd.ts'));

const listed = execFileSync('tar', ['-tzf', process.argv[2]], { encoding: 'utf8' });
const packed = new Set(
  listed
    .trim()
    .split('\n')
    .map((path) => path.replace('package/', '')),
);
const missing = [...expected].filter((path) => !packed.has(path));
const surplus = [...packed].filter((path) => !expected.has(path) && !types.includes(path));
for (const path of missing) console.error(`missing: ${path}`);
for (const path of surplus) console.error(`should not be packed: ${path}`);
const entries = Object.keys(exported).filter((entry) => entry !== './package.json');
const tooLarge = entries.flatMap((entry) => {
  const most = MOST_LOADED[entry] ?? 0; // a new entry point needs a limit
  const bytes = loadedBy(exported[entry].import.default);
  console.log(`${entry} loads ${bytes} of at most ${most} bytes`);
  return bytes > most ? [entry] : [];
});
for (const entry of tooLarge) console.error(`${entry} loads too much`);
process.exitCode = missing.length + surplus.length + tooLarge.length > 0 ? 1 : 0;

/** The bytes of a file and of all files of the package that it imports. */
function loadedBy(file, seen = new Set()) {
  const path = join(file);
  if (seen.has(path)) return 0;
  seen.add(path);
  const text = readFileSync(path, 'utf8');
  const imports = [...text.matchAll(/(?:from|import)\s*'(\.[^']+)'/g)].map(([, name]) => name);
  const others = imports.map((name) => loadedBy(join(dirname(path), name), seen));
  return others.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(text));
}
