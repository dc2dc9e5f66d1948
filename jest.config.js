if (!process.execArgv.includes('--experimental-vm-modules')) {
  throw new Error(
    'This project is ESM: run Jest through "npm test", which passes --experimental-vm-modules.',
  );
}

/** @type {import('jest').Config} */
export default {
  rootDir: '.',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/packages'],
  testRegex: '\\.(spec|e2e-spec)\\.ts$',
  testEnvironment: '<rootDir>/test/support/environment.js',
  extensionsToTreatAsEsm: ['.ts'],
  resolver: '<rootDir>/test/support/resolver.js',
  moduleNameMapper: {
    // The package's sources, as in tsconfig.json: tests need no build.
    '^@nestjs-service-bus/amqp-message$': '<rootDir>/packages/amqp-message/src/index.ts',
    '^@nestjs-service-bus/rule-filter$': '<rootDir>/packages/rule-filter/src/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/packages/[^/]+/(?:build|dist)', '<rootDir>/dist'],
  transform: { '^.+\\.ts$': '<rootDir>/test/support/jest-transform.js' },
  setupFiles: ['reflect-metadata', '<rootDir>/test/support/test-environment.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/support/retries.ts'],
  testTimeout: 60_000,
  // Many tests wait for the broker or a process: four share two cores well.
  maxWorkers: 4,
  // Modules of suites that are over stay in memory, and searching it for garbage takes ever longer.
  workerIdleMemoryLimit: '1200MB',
  reporters: ['default', '<rootDir>/test/support/count-reporter.js'],
};
