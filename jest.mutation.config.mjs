import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import base from './jest.config.mjs';

/** Mutants are tried on the tests of these folders, unless LAYERS names others. */
const layers = (process.env.LAYERS ?? 'core,account,sharing,lifecycle,oauth2').split(',');
const folder = join(import.meta.dirname, 'test');

// One module for all of them: what they import is loaded once for each mutant, not once for each file.
const specs = layers.flatMap((layer) =>
  readdirSync(join(folder, layer))
    .filter((name) => name.endsWith('.spec.ts') && name !== 'many-subjects.spec.ts') // takes seconds
    .map((name) => `./${layer}/${name.replace(/\.ts$/, '.js')}`),
);
writeFileSync(join(folder, 'all.mutation.ts'), specs.map((spec) => `import '${spec}';\n`).join(''));

/** @type {import('jest').Config} */
export default {
  ...base,
  // Jest finds the tests that a file concerns only through files below its roots.
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/all.mutation.ts'],
  setupFilesAfterEnv: ['<rootDir>/scripts/mutation-setup.mjs'],
  testEnvironment: join(import.meta.dirname, 'scripts/mutation-environment.cjs'),
  testTimeout: 4_000, // a mutant that waits for ever is caught sooner
};
