import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ArgumentsHost,
  BadRequestException,
  HttpException,
  Logger,
  ServiceUnavailableException,
} from '@nestjs/common';
import { firstValueFrom, type Observable } from 'rxjs';

import { JsonErrorFilter } from './json-error.filter.js';

describe('JsonErrorFilter', () => {
  const logged = jest.fn();
  beforeEach(() => void jest.spyOn(Logger.prototype, 'error').mockImplementation(logged));
  afterEach(() => {
    jest.restoreAllMocks();
    logged.mockReset();
  });

  function answerTo(exception: unknown): { status?: number; body?: unknown } {
    const answer: { status?: number; body?: unknown } = {};
    const response = {
      status: (status: number) => {
        answer.status = status;
        return { json: (body: unknown) => (answer.body = body) };
      },
    };
    const host = { getType: () => 'http', switchToHttp: () => ({ getResponse: () => response }) };
    new JsonErrorFilter().catch(exception, host as unknown as ArgumentsHost);
    return answer;
  }

  it.each([
    [
      'several messages',
      new BadRequestException(['a must be b', 'c must be d']),
      400,
      'Bad Request',
      'a must be b; c must be d',
    ],
    ['a text', new HttpException('busy', 429), 429, 'Too Many Requests', 'busy'],
    ['nothing', new ServiceUnavailableException(), 503, 'Service Unavailable', 'Service Unavailable'],
    [
      'a status of a library',
      Object.assign(new Error('request entity too large'), { status: 413 }),
      413,
      'Payload Too Large',
      'request entity too large',
    ],
  ])('gives an error with %s the form of all, %#', (_what, exception, statusCode, error, message) => {
    expect(answerTo(exception)).toEqual({ status: statusCode, body: { statusCode, error, message } });
    expect(logged).not.toHaveBeenCalled();
  });

  it.each([
    new Error('the password is c2VjcmV0'),
    Object.assign(new Error('the password is c2VjcmV0'), { status: 500 }),
    'the password is c2VjcmV0',
  ])('keeps to the log what went wrong inside, %#', (exception) => {
    const error = 'Internal Server Error';
    expect(answerTo(exception)).toEqual({ status: 500, body: { statusCode: 500, error, message: error } });
    expect(String(logged.mock.calls)).toContain('c2VjcmV0');
  });

  it('leaves the form of the health check as it is', () => {
    const health = { status: 'error', info: {}, error: {}, details: {} };
    expect(answerTo(new ServiceUnavailableException(health))).toEqual({ status: 503, body: health });
  });

  it('leaves errors of message handlers to the transport', async () => {
    const error = new BadRequestException('not valid');
    const host = { getType: () => 'rpc' } as unknown as ArgumentsHost;
    const passedOn = new JsonErrorFilter().catch(error, host) as Observable<never>;
    await expect(firstValueFrom(passedOn)).rejects.toBe(error);
  });
});
