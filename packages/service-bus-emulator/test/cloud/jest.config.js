import base from '../../../../jest.config.js';

/** The suites that speak to a namespace through the SDK. What needs the emulator itself skips itself in them. */
const SUITES = [
  'batches',
  'deferral',
  'drain',
  'duplicate-detection',
  'entity-status',
  'errors',
  'forwarding',
  'lock-expiry',
  'message-size',
  'peek',
  'receive-and-delete',
  'rules',
  'scheduling',
  'sessions',
  'settlement',
  'time-to-live',
  'topics',
];

/** @type {import('jest').Config} */
export default {
  ...base,
  rootDir: '../../../..',
  roots: ['<rootDir>/packages/service-bus-emulator/test'],
  testRegex: `packages/service-bus-emulator/test/(${SUITES.join('|')})\\.spec\\.ts$`,
  testEnvironment: '<rootDir>/packages/service-bus-emulator/test/cloud/environment.js',
  testTimeout: 120_000,
  maxWorkers: 1,
  // A test that has been left out in the middle may have something pending.
  forceExit: true,
  reporters: ['<rootDir>/packages/service-bus-emulator/test/cloud/difference-reporter.js'],
};
