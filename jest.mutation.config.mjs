import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import base from './jest.config.mjs';

/** `core` or `oauth2`: mutants of a layer are tried on the tests of that layer. */
const layer = process.env.LAYER ?? 'core';
const folder = join(import.meta.dirname, 'test', layer);

// One module for all of them: what they import is loaded once for each mutant, not once for each file.
const specs = readdirSync(folder).filter((name) => name.endsWith('.spec.ts'));
const imports = specs.map((name) => `import './${name.replace(/\.ts$/, '.js')}';\n`);
writeFileSync(join(folder, 'all.mutation.ts'), imports.join(''));

/** @type {import('jest').Config} */
export default {
  ...base,
  // Jest finds the tests that a file concerns only through files below its roots.
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testMatch: [`<rootDir>/test/${layer}/all.mutation.ts`],
  setupFilesAfterEnv: ['<rootDir>/scripts/mutation-setup.mjs'],
  testTimeout: 4_000, // a mutant that waits for ever is caught sooner
};
