import base from '../../../../jest.config.js';

/** The full campaign: the same tests as in every run, but with more messages and faults, which takes longer. */
export default {
  ...base,
  rootDir: '../../../..',
  roots: ['<rootDir>/packages/nestjs-service-bus/test/faults'],
  // Broken networks are tested only here: the SDK takes long to abandon a connection.
  testRegex: '\\.(spec|campaign-spec)\\.ts$',
  setupFiles: [...base.setupFiles, '<rootDir>/packages/nestjs-service-bus/test/faults/full-scale.ts'],
  maxWorkers: 1,
  verbose: true,
};
