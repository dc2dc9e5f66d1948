import { describe, expect, it } from '@jest/globals';

import { JsonLogger } from './json-logger.js';

function logged(write: (logger: JsonLogger) => void, worker?: number): Record<string, unknown>[] {
  const lines: string[] = [];
  const logger = new JsonLogger(worker, { write: (line) => lines.push(line) });
  logger.setLevel('trace');
  write(logger);
  return lines.map((line) => {
    expect(line.endsWith('\n')).toBe(true);
    expect(line.trim()).not.toContain('\n');
    return JSON.parse(line) as Record<string, unknown>;
  });
}

describe('JsonLogger', () => {
  it('writes one object a line, with level, time and context', () => {
    const lines = logged((logger) => {
      logger.log('ready', 'Http');
      logger.verbose('details', 'Http');
      logger.fatal('gone');
    });
    expect(lines).toEqual([
      { level: 'info', time: expect.any(String), context: 'Http', message: 'ready' },
      { level: 'trace', time: expect.any(String), context: 'Http', message: 'details' },
      { level: 'fatal', time: expect.any(String), message: 'gone' },
    ]);
    expect(new Date(lines[0]?.['time'] as string).getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it('keeps the stack of an error, and its cause', () => {
    const error = new TypeError('broken', { cause: new Error('deep') });
    const [first, second] = logged((logger) => {
      logger.error(error.message, error.stack, 'Counter');
      logger.error('it failed', error);
    });
    expect(first).toMatchObject({
      level: 'error',
      context: 'Counter',
      message: 'broken',
      stack: error.stack,
    });
    expect(second).toMatchObject({
      message: 'it failed',
      error: { name: 'TypeError', message: 'broken', cause: { message: 'deep' } },
    });
  });

  it('writes objects as data, and the number of the worker', () => {
    expect(logged((logger) => logger.log({ orders: 3 }, 'Orders'), 2)).toMatchObject([
      { worker: 2, context: 'Orders', data: { orders: 3 } },
    ]);
  });

  it('hides secrets wherever they are', () => {
    const secret = 'c2VjcmV0c2VjcmV0';
    const error = new Error(`no answer from SharedAccessKey=${secret}`);
    const text = JSON.stringify(
      logged((logger) => {
        logger.error(error.message, error.stack);
        logger.warn({ options: { password: secret } });
        logger.log('a line', { headers: { authorization: `Bearer ${secret}` } });
      }),
    );
    expect(text).not.toContain(secret);
    expect(text.match(/\(hidden\)/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it('writes only what the level lets through', () => {
    const lines = logged((logger) => {
      logger.setLevel('warn');
      logger.log('not this');
      logger.warn('this');
      logger.setLevel('silent');
      logger.fatal('not this either');
    });
    expect(lines.map(({ message }) => message)).toEqual(['this']);
  });
});
