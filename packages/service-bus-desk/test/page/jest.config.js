import path from 'node:path';

import base from '../../../../jest.config.js';

/** Every flow of the page, by mouse and by keyboard: run with `npm run test:desk-page`. */
export default {
  ...base,
  rootDir: path.resolve(import.meta.dirname, '../../../..'),
  roots: ['<rootDir>/packages/service-bus-desk/test/page'],
  testRegex: '\\.(spec|browser)\\.ts$',
  maxWorkers: 1,
};
