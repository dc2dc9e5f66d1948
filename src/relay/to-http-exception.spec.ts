import { BadRequestException, HttpException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

import { BrokerTimeoutError } from './broker-timeout.js';
import { MessagePropertiesError } from './message-properties.js';
import { toHttpException } from './to-http-exception.js';

function brokerError(code: string, message = 'text', name = 'ServiceBusError'): Error {
  return Object.assign(new Error(message), { name, code });
}

function statusOf(error: unknown): number | undefined {
  const exception = toHttpException(error);
  return exception instanceof HttpException ? exception.getStatus() : undefined;
}

describe('toHttpException', () => {
  it.each([
    [413, brokerError('MessageSizeExceeded')],
    [503, brokerError('ServiceCommunicationProblem')],
    [503, brokerError('GeneralError', 'ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:5671', 'MessagingError')],
    [503, brokerError('MessagingEntityNotFound')],
    [503, brokerError('QuotaExceeded')],
    [503, brokerError('UnauthorizedAccess')],
    [503, Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' })],
    [503, new BrokerTimeoutError(5_000)],
    [503, new AggregateError([new Error('first'), brokerError('ServiceTimeout')])],
    [400, new MessagePropertiesError('the BrokerProperties header is not JSON')],
    [400, new BadRequestException('no')],
    [undefined, new TypeError('a bug')],
    [undefined, 'thrown text'],
  ])('makes %s of %s', (status, error) => {
    expect(statusOf(error)).toBe(status);
  });

  it('passes on what the broker does not like about a message, without its tracking ids', () => {
    const text =
      'InvalidOperationError: The SessionId was not set on a message. TrackingId:1, SystemTracker:x';
    expect(toHttpException(brokerError('GeneralError', text))).toMatchObject({
      message: 'The SessionId was not set on a message.',
      status: 400,
    });
  });

  it('does not tell clients where the broker is', () => {
    const error = brokerError('GeneralError', 'ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:5671');
    expect(toHttpException(error)).toMatchObject({ message: 'Service Bus cannot be reached' });
  });
});
