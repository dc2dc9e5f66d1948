import base from '../../jest.config.js';

/** A new app passes every check of the repository: compiling and testing all of that takes a minute. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/new-app'],
  testRegex: '\\.campaign-spec\\.ts$',
  verbose: true,
};
