import { describe, expect, it, jest } from '@jest/globals';

describe('openStore', () => {
  it('names the command that installs classic-level where it is missing', async () => {
    jest.unstable_mockModule('classic-level', () => {
      const error = new Error("Cannot find package 'classic-level' imported from /app/index.js");
      throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
    });
    const { openStore } = await import('./open-store.js');
    await expect(openStore('data', () => undefined)).rejects.toMatchObject({
      name: 'StoreError',
      directory: 'data',
      message: 'data: to keep messages on disk, the emulator needs a package: npm install classic-level',
    });
  });
});
