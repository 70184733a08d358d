// Holds that the tarball has both builds of every file in lib/ and its types, the four pages that
// users need, and nothing else. Usage: node scripts/check-tarball.mjs FILE.tgz
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const built = readdirSync('lib', { recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, ''))
  .flatMap((file) => ['esm', 'cjs'].map((format) => `dist/${format}/${file}`))
  .flatMap((file) => [`${file}.js`, `${file}.d.ts`]);
const pages = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
const expected = new Set([...built, ...pages, 'dist/cjs/package.json']);

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
