import { jest } from '@jest/globals';

// Runs once for each suite. In continuous integration a test that fails runs once more, and the reporter names those
// that needed it: a machine that stands still for a second must not hide what a change has broken, and a test that needs
// a second run is a fault to be found all the same.
const retries = Number(process.env['TEST_RETRIES'] ?? 0);
if (retries > 0) jest.retryTimes(retries, { logErrorsBeforeRetry: true });
