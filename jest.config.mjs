/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  maxWorkers: 3, // the suite waits a lot: three workers keep two cores busy
  roots: ['<rootDir>/test', '<rootDir>/sample'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/consumers/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test/consumers/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^nestjs-oauth2-client$': '<rootDir>/lib/index.ts',
    '^nestjs-oauth2-client/define$': '<rootDir>/lib/define.ts',
    '^nestjs-oauth2-client/opentelemetry$': '<rootDir>/lib/opentelemetry/opentelemetry.ts',
    '^nestjs-oauth2-client/board$': '<rootDir>/lib/board/board.ts',
    '^nestjs-oauth2-client/redis$': '<rootDir>/lib/stores/redis.ts',
    '^nestjs-oauth2-client/store-contract$': '<rootDir>/lib/testing/token-store-contract.ts',
    '^nestjs-oauth2-client/terminus$': '<rootDir>/lib/terminus/terminus.ts',
    '^nestjs-oauth2-client/testing$': '<rootDir>/lib/testing/testing.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  collectCoverageFrom: ['lib/**/*.ts'],
  coverageProvider: 'babel',
  restoreMocks: true,
  workerIdleMemoryLimit: '512MB', // modules that jest has loaded stay, and make collections slow
  testTimeout: 30_000,
};
