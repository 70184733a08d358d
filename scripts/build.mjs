// Builds both formats of the package with tsc: dist/esm and dist/cjs.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

// One source is checked once. As CommonJS the check would also fail for no fault of ours: there our
// code sees axios's CommonJS types while Nest 12, which is ESM, hands out its ESM ones.
const FORMATS = { esm: [], cjs: ['--noCheck'] };

for (const [format, options] of Object.entries(FORMATS)) {
  rmSync(`dist/${format}`, { recursive: true, force: true });
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', `tsconfig.${format}.json`, ...options],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
