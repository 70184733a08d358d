// Builds both formats of the package with tsc: dist/esm and dist/cjs.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

// Comments are in the types, where editors look for them, and need not be in the code as well.
const CODE = ['--noCheck', '--removeComments', '--declaration', 'false'];
// One source is checked once. As CommonJS the check would also fail for no fault of ours: there our
// code sees axios's CommonJS types while Nest 12, which is ESM, hands out its ESM ones.
const TYPES = { esm: [], cjs: ['--noCheck'] };

for (const [format, options] of Object.entries(TYPES)) {
  rmSync(`dist/${format}`, { recursive: true, force: true });
  for (const pass of [CODE, [...options, '--emitDeclarationOnly']]) {
    const { status } = spawnSync(
      process.execPath,
      ['node_modules/typescript/bin/tsc', '-p', `tsconfig.${format}.json`, ...pass],
      { stdio: 'inherit' },
    );
    if (status !== 0) process.exit(status ?? 1);
  }
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
