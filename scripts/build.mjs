// Builds both formats of the package: the code of every entry point in one file, which loads several times
// as fast as its hundred sources would, and the types beside it.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { rollup } from 'rollup';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const CODE = 'temp/code';
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(exports)
  .filter((conditions) => typeof conditions === 'object')
  .map((conditions) => conditions.import.default.match(/^\.\/dist\/esm\/(.+)\.js$/)[1]);

for (const folder of ['dist/esm', 'dist/cjs', CODE]) {
  rmSync(folder, { recursive: true, force: true });
}
// Comments are in the types, where editors look for them, and need not be in the code as well.
tsc('esm', '--noCheck', '--removeComments', '--declaration', 'false', '--outDir', CODE);
const bundle = await rollup({
  input: Object.fromEntries(entries.map((entry) => [entry, `${CODE}/${entry}.js`])),
  external: (name) => !name.startsWith('.') && !name.includes(CODE),
  onLog(level, log, handler) {
    if (log.code === 'THIS_IS_UNDEFINED') return; // in the helper for decorators, which looks for itself
    handler(level === 'warn' ? 'error' : level, log);
  },
});
for (const [dir, format] of [
  ['dist/esm', 'es'],
  ['dist/cjs', 'cjs'],
]) {
  await bundle.write({ dir, format, exports: 'named', chunkFileNames: 'shared/[name].js' });
}
await bundle.close();
// One source is checked once. As CommonJS the check would also fail for no fault of ours: there our
// code sees axios's CommonJS types while Nest 12, which is ESM, hands out its ESM ones.
tsc('esm', '--emitDeclarationOnly');
tsc('cjs', '--emitDeclarationOnly', '--noCheck');
for (const folder of ['dist/esm', 'dist/cjs']) keepTypesInUse(folder);
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');

/** Takes away the types that nobody can get at: those of files that no entry point names, nor what it names. */
function keepTypesInUse(folder) {
  const used = new Set(entries.map((entry) => join(folder, `${entry}.d.ts`)));
  for (const file of used) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/['"](\.{1,2}\/[^'"]+)\.js['"]/g)) {
      used.add(join(dirname(file), `${path}.d.ts`));
    }
  }
  for (const file of readdirSync(folder, { recursive: true })) {
    const path = join(folder, file);
    if (path.endsWith('.d.ts') && !used.has(path)) rmSync(path);
  }
}

function tsc(project, ...options) {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', `tsconfig.${project}.json`, ...options],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
