import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import base from './jest.config.mjs';

/** The tests of these folders run against the mutants, unless LAYERS names others. */
const layers = (process.env.LAYERS ?? 'core,account,sharing,lifecycle,oauth2').split(',');
const folder = join(import.meta.dirname, 'test');

/** The first takes seconds on a path that all others cover; the second loads Nest, which takes a second for each mutant. */
const LEFT_OUT = /^(many-subjects|wrong-arguments)/;
/** These run last: most mutants are caught by quicker tests before them. */
const SLOW =
  /property|interleavings|fault-matrix|families|scopes-of-a-family|outage|transport-faults/;

// One module for all specs: what they import is loaded once for each mutant, not once for each spec.
const specs = layers
  .flatMap((layer) => readdirSync(join(folder, layer)).map((name) => ({ layer, name })))
  .filter(({ name }) => name.endsWith('.spec.ts') && !LEFT_OUT.test(name))
  .sort((a, b) => SLOW.test(a.name) - SLOW.test(b.name))
  .map(({ layer, name }) => `./${layer}/${name.replace(/\.ts$/, '.js')}`);
writeFileSync(join(folder, 'all.mutation.ts'), specs.map((spec) => `import '${spec}';\n`).join(''));

/** @type {import('jest').Config} */
export default {
  ...base,
  // Jest finds the tests that a file concerns only through files below its roots.
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/all.mutation.ts'],
  moduleNameMapper: {
    ...base.moduleNameMapper,
    '^fast-check$': '<rootDir>/scripts/mutation-fast-check.mjs',
  },
  testEnvironment: join(import.meta.dirname, 'scripts/mutation-environment.cjs'),
  testTimeout: 4_000, // a mutant that waits for ever is caught sooner
};
