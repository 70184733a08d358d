import base from './jest.config.mjs';

/** `core` or `oauth2`: mutants of a layer are tried on the tests of that layer. */
const layer = process.env.LAYER ?? '*';

/** @type {import('jest').Config} */
export default {
  ...base,
  // Jest finds the tests that a file concerns only through files below its roots.
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testMatch: [`<rootDir>/test/${layer}/*.spec.ts`],
  setupFilesAfterEnv: ['<rootDir>/scripts/mutation-setup.mjs'],
  testTimeout: 4_000, // a mutant that waits for ever is caught sooner
};
