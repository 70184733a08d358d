import base from './jest.config.mjs';

/** The tests that mutants of lib/core and lib/oauth2 are tried on: those that need no Nest app. */
export default {
  ...base,
  roots: ['<rootDir>/test/core', '<rootDir>/test/oauth2'],
};
