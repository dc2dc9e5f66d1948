// Runs before every test file's imports: a developer's own settings must not reach the tests.
for (const name of ['SB_CONNECTION', 'SERVICE_BUS_NAMESPACE', 'PORT', 'HOST', 'APPS', 'LOG_LEVEL']) {
  delete process.env[name];
}
process.env['NODE_ENV'] = 'test';

// Jest asks for 100 frames of every error, and translates each of them: some tests make errors by the thousand.
Error.stackTraceLimit = 15;

/**
 * `TEST_STALLS=500 npm test -- …` lets the process stand still for half a second every now and then, as a busy machine
 * does: a test that fails has waited for something that passes by itself.
 */
const stallMs = Number(process.env['TEST_STALLS'] ?? 0);
if (stallMs > 0) {
  const stall = (): void => {
    const endsAtMs = performance.now() + stallMs;
    while (performance.now() < endsAtMs);
    stallLater();
  };
  const stallLater = (): void => void setTimeout(stall, stallMs * (1 + 4 * Math.random())).unref();
  stallLater();
}
