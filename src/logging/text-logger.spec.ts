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

  it('lets nothing from outside look like a line of its own, nor reach the terminal', () => {
    const logger = new TextLogger({ colors: false });
    logger.setLevel('info');
    const forged = '[Nest] 1  - 28/11/2026, 17:00:00     LOG [Http] all is well';
    for (const lineBreak of ['\r\n', '\n', '\r', '\v', '\u0085', '\u2028']) {
      logger.warn(`replyTo is out${lineBreak}${forged}\u001b[2J`, 'Bus');
      const error = new Error(`no queue${lineBreak}${forged}`);
      logger.error(error.message, error.stack, 'Bus');
    }
    const lines = output.split('\n');
    expect(lines.filter((line) => line.startsWith('[Nest]'))).toHaveLength(12);
    expect(lines.filter((line) => line.startsWith(`    ${forged}`)).length).toBeGreaterThanOrEqual(12);
    for (const control of ['\r', '\v', '\u001b', '\u0085', '\u2028']) expect(output).not.toContain(control);
    // The stack is as readable as ever.
    expect(output).toMatch(/^ {4}at /m);
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
