import { describe, expect, it, jest } from '@jest/globals';
import { type LoggerService } from '@nestjs/common';

import { type Authentication } from './authentication/authentication-options.js';
import { warnIfOpen } from './warn-if-open.js';

describe('warnIfOpen', () => {
  const warningsOf = (host: string, authentication: Authentication): unknown[] => {
    const warn = jest.fn();
    const logger = { warn } as unknown as LoggerService;
    warnIfOpen({ host, authentication }, logger);
    return warn.mock.calls.map(([text]) => text);
  };

  it.each(['0.0.0.0', '::', '10.0.0.7', '127.0.0.1.example.com'])('warns on %s', (host) => {
    expect(warningsOf(host, { kind: 'none' })).toEqual([
      expect.stringContaining(`HTTP listens on ${host} and asks nobody for credentials`),
    ]);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('does not on %s', (host) => {
    expect(warningsOf(host, { kind: 'none' })).toEqual([]);
  });

  it('does not where credentials are asked for', () => {
    expect(warningsOf('0.0.0.0', { kind: 'required', apiKeys: { keys: [] } })).toEqual([]);
  });
});
