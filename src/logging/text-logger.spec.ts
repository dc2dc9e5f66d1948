import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { TextLogger } from './text-logger.js';

describe('TextLogger', () => {
  let output = '';
  beforeEach(() => {
    output = '';
    const keep = (text: string | Uint8Array): boolean => {
      output += String(text);
      return true;
    };
    jest.spyOn(process.stdout, 'write').mockImplementation(keep);
    jest.spyOn(process.stderr, 'write').mockImplementation(keep);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('writes lines for people, with the name of the process', () => {
    const logger = new TextLogger({ prefix: 'Worker 2', colors: false });
    logger.setLevel('info');
    logger.log('ready', 'Http');
    logger.debug('not this', 'Http');
    expect(output).toMatch(/^\[Worker 2\] \d+ {2}- .+ LOG \[Http\] ready\n$/);
  });

  it('hides secrets, in the message, in objects and in the stack', () => {
    const logger = new TextLogger({ colors: false });
    logger.setLevel('info');
    const error = new Error('no answer from SharedAccessKey=c2VjcmV0;x');
    logger.error(error.message, error.stack, 'Bus');
    logger.warn({ password: 'c2VjcmV0' });
    expect(output.match(/\(hidden\)/g)?.length).toBe(3);
    expect(output).not.toContain('c2VjcmV0');
  });
});
