import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type LoggerService } from '@nestjs/common';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { parseApiKeys } from './api-key.js';
import { ApiKeyVerifier } from './api-key-verifier.js';

const key = (name: string): string => `${name}-0123456789abcdef`;

describe('ApiKeyVerifier', () => {
  const logError = jest.fn();
  const logger = { error: logError } as unknown as LoggerService;
  let directory: string;
  let file: string;
  beforeEach(async () => {
    logError.mockReset();
    directory = await mkdtemp(path.join(tmpdir(), 'keys-'));
    file = path.join(directory, 'keys');
  });
  afterEach(() => rm(directory, { recursive: true }));

  const verifier = (): ApiKeyVerifier => {
    const { keys } = parseApiKeys(`variable:send:${key('variable')}`);
    const fromFile = parseApiKeys(`before:receive:${key('before')}`).keys;
    return new ApiKeyVerifier({ keys, file: { path: file, keys: fromFile } }, logger);
  };

  it('reads the file that is there now', async () => {
    await writeFile(file, `after:operate:${key('after')}`);
    const keys = verifier();
    expect(await keys.verify(key('after'))).toEqual({ name: 'after', kind: 'api-key', roles: ['operate'] });
    expect(await keys.verify(key('variable'))).toMatchObject({ name: 'variable' });
    await expect(keys.verify(key('before'))).rejects.toMatchObject({ name: 'RefusedCredentialsError' });
    expect(logError).not.toHaveBeenCalled();
  });

  it('keeps the keys it has when the file has an error, and says so without showing it', async () => {
    await writeFile(file, `after:operate:${key('after')}\nwrong:${key('wrong')}`);
    const keys = verifier();
    expect(await keys.verify(key('before'))).toMatchObject({ name: 'before' });
    await expect(keys.verify(key('after'))).rejects.toMatchObject({ name: 'RefusedCredentialsError' });
    expect(logError).toHaveBeenCalledTimes(1);
    expect(String(logError.mock.calls[0])).toContain('entry 2 must be name:role+role:secret');
    expect(String(logError.mock.calls[0])).not.toContain(key('wrong'));
  });

  it.each(['', '\n \n', '# all of them are gone\n'])(
    'keeps the keys it has when the file has none, and says so: %j',
    async (content) => {
      await writeFile(file, content);
      const keys = verifier();
      expect(await keys.verify(key('before'))).toMatchObject({ name: 'before' });
      expect(logError.mock.calls).toEqual([
        [expect.stringContaining('has no key; the keys that were read before stay'), undefined, 'Http'],
      ]);
    },
  );

  it('keeps the keys it has when the file is gone', async () => {
    expect(await verifier().verify(key('before'))).toMatchObject({ name: 'before' });
    expect(String(logError.mock.calls[0])).toContain('ENOENT');
  });
});
