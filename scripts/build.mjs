// Builds both formats of the package with tsc: dist/esm and dist/cjs.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
for (const format of ['esm', 'cjs']) {
  rmSync(`dist/${format}`, { recursive: true, force: true });
  const { status } = spawnSync(
    process.execPath,
    [join(typescript, 'bin/tsc'), '-p', `tsconfig.${format}.json`],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
