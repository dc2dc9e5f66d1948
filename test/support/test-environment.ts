// Runs before every test file's imports: a developer's own settings must not reach the tests.
for (const name of ['SB_CONNECTION', 'SERVICE_BUS_NAMESPACE', 'PORT', 'HOST', 'APPS', 'LOG_LEVEL']) {
  delete process.env[name];
}
process.env['NODE_ENV'] = 'test';
