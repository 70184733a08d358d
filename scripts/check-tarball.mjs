// Holds that the tarball has both builds of every entry point, types of files in lib/ alone, the four pages
// that users need, and nothing else, and that it is small. Usage: node scripts/check-tarball.mjs FILE.tgz
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';

const FORMATS = ['esm', 'cjs'];
const LARGEST = 150_000;
// Which of them an entry point names is the build's to know; the consumers fail where one is missing.
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
const { size } = statSync(process.argv[2]);
for (const path of missing) console.error(`missing: ${path}`);
for (const path of surplus) console.error(`should not be packed: ${path}`);
if (size > LARGEST) console.error(`larger than ${LARGEST} bytes: ${size}`);
process.exitCode = missing.length + surplus.length > 0 || size > LARGEST ? 1 : 0;
