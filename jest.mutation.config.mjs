import base from './jest.config.mjs';

/** The tests that mutants of lib/core and lib/oauth2 are tried on: those that need no Nest app. */
export default {
  ...base,
  // Jest finds the tests that a file concerns only through files below its roots.
  testTimeout: 4_000, // a mutant that waits for ever is caught sooner
  roots: [
    '<rootDir>/lib',
    '<rootDir>/test/support',
    '<rootDir>/test/core',
    '<rootDir>/test/oauth2',
  ],
};
