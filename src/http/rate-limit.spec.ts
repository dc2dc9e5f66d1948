import { describe, expect, it, jest } from '@jest/globals';
import { type LoggerService } from '@nestjs/common';
import { type Request, type Response } from 'express';

import { limitRate } from './rate-limit.js';

describe('limitRate', () => {
  const warn = jest.fn();
  const logger = { warn } as unknown as LoggerService;

  async function ask(limit: ReturnType<typeof limitRate>, headers: Record<string, string>): Promise<void> {
    const request = { path: '/peek', ip: '192.0.2.1', headers } as unknown as Request;
    const response = { setHeader: jest.fn(), append: jest.fn() } as unknown as Response;
    await new Promise<unknown>((resolve) => void limit(request, response, resolve));
  }

  it('says once that a proxy is not believed, and all its callers count as one', async () => {
    const limit = limitRate({ rateLimitPerMinute: 10, trustProxy: 0 }, logger);
    await ask(limit, {});
    expect(warn).not.toHaveBeenCalled();
    await ask(limit, { 'x-forwarded-for': '198.51.100.7' });
    await ask(limit, { 'x-forwarded-for': '198.51.100.8' });
    expect(warn.mock.calls).toEqual([[expect.stringContaining('set HTTP_TRUST_PROXY'), 'Http']]);
    warn.mockReset();
    await ask(limitRate({ rateLimitPerMinute: 10, trustProxy: 1 }, logger), {
      'x-forwarded-for': '198.51.100.7',
    });
    expect(warn).not.toHaveBeenCalled();
  });
});
