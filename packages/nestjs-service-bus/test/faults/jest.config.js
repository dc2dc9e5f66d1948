import base from '../../../../jest.config.js';

/** The whole campaign: the same tests as in every run, with the numbers that take their time. */
export default {
  ...base,
  rootDir: '../../../..',
  roots: ['<rootDir>/packages/nestjs-service-bus/test/faults'],
  // Broken networks are for the campaign only: the SDK takes its time to give a connection up.
  testRegex: '\\.(spec|campaign-spec)\\.ts$',
  setupFiles: [...base.setupFiles, '<rootDir>/packages/nestjs-service-bus/test/faults/full-scale.ts'],
  maxWorkers: 1,
  verbose: true,
};
