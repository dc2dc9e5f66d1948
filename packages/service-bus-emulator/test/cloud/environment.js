import { TestEnvironment } from 'jest-environment-node';

/** Counts a test that needs the emulator itself as skipped: neither does it agree with the namespace, nor differ. */
export default class extends TestEnvironment {
  handleTestEvent({ name, test }) {
    if (name !== 'test_done' || !test.errors.some(needsEmulator)) return;
    test.errors = [];
    test.status = 'skip';
  }
}

function needsEmulator(error) {
  const [thrown] = Array.isArray(error) ? error : [error];
  return thrown?.name === 'NeedsEmulator';
}
