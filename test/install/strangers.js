/** Nothing here needs them, and they are half of what an installation takes. */
const NOT_NEEDED = /eslint|prettier|oxlint|^globals$|@nestjs\/mau|coverage|ts-loader|ts-node/;

const ESM_JEST = {
  command: [
    'node',
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--config',
    'jest.config.json',
  ],
  // Nest 12's CLI sets up Vitest: what Jest needs comes on top.
  packages: { jest: '^30.0.0', 'ts-jest': '^29.4.0' },
  config: {
    testRegex: String.raw`src/.*\.spec\.ts$`,
    testEnvironment: 'node',
    extensionsToTreatAsEsm: ['.ts'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
  },
};

/**
 * Projects as Nest's CLI makes them. `packages` are set beside what the CLI wrote, `tests` run the test on the
 * emulator, and `starts` are the ways to start the application.
 */
export const STRANGERS = [
  {
    name: 'Nest 12, ES modules',
    cli: '@nestjs/cli@12',
    isEsm: true,
    packages: { '@nestjs/microservices': '^12.0.0', '@nestjs/terminus': '^12.0.0', ...ESM_JEST.packages },
    jestConfig: ESM_JEST.config,
    tests: { Jest: ESM_JEST.command, Vitest: ['npm', 'test'] },
    starts: { import: [] },
  },
  {
    name: 'Nest 12, an older patch',
    cli: '@nestjs/cli@12',
    isEsm: true,
    packages: {
      '@nestjs/common': '12.3.3',
      '@nestjs/core': '12.3.3',
      '@nestjs/platform-express': '12.3.3',
      '@nestjs/testing': '12.0.4',
      '@nestjs/microservices': '12.0.2',
      '@nestjs/terminus': '12.0.0',
      ...ESM_JEST.packages,
    },
    jestConfig: ESM_JEST.config,
    tests: { Jest: ESM_JEST.command },
    starts: { import: [] },
  },
  {
    name: 'Nest 11, CommonJS',
    cli: '@nestjs/cli@11',
    isEsm: false,
    packages: {
      '@nestjs/microservices': '^11.0.0',
      '@nestjs/terminus': '^11.0.0',
      'typescript-5.4': 'npm:typescript@5.4.5',
    },
    tests: { Jest: ['npm', 'test'] },
    // What older tools get, Node gets where it may not require ES modules.
    starts: { require: [], 'require, CommonJS all the way': ['--no-experimental-require-module'] },
    compilers: {
      'moduleResolution node10': ['typescript', '--module', 'commonjs', '--moduleResolution', 'node10'],
      'TypeScript 5.4, node10': ['typescript-5.4', '--module', 'commonjs', '--moduleResolution', 'node10'],
      'TypeScript 5.4, node16': ['typescript-5.4', '--module', 'node16', '--moduleResolution', 'node16'],
    },
  },
];

/** In every one of them, beside Nest. */
const SDK = {
  '@azure/service-bus': '^7.9.0',
  'class-transformer': '^0.5.1',
  'class-validator': '^0.15.0',
};

/** The CLI's manifest with the packages of a stranger, and without those that only watch over style. */
export function manifestOf({ packages }, made) {
  const { devDependencies, ...manifest } = made;
  const kept = Object.entries(devDependencies).filter(([name]) => !NOT_NEEDED.test(name));
  const wanted = { ...made.dependencies, ...SDK, ...packages };
  return {
    ...manifest,
    dependencies: wanted,
    devDependencies: Object.fromEntries(kept.filter(([name]) => !(name in wanted))),
  };
}
