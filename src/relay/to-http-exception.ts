import {
  BadRequestException,
  HttpException,
  PayloadTooLargeException,
  ServiceUnavailableException,
} from '@nestjs/common';

import { serviceBusErrorCode } from 'nestjs-service-bus';
import { BrokerTimeoutError } from './broker-timeout.js';
import { MessagePropertiesError } from './message-properties.js';

const CAUSES = new Map([
  ['MessagingEntityNotFound', 'the queue does not exist'],
  ['MessagingEntityDisabled', 'the queue is disabled'],
  ['UnauthorizedAccess', 'Service Bus does not let this service in'],
  ['QuotaExceeded', 'the queue is full'],
  ['ServiceBusy', 'Service Bus is busy'],
]);

/** Translates an error of the broker into an HTTP exception; returns unknown errors unchanged. */
export function toHttpException(error: unknown): unknown {
  if (error instanceof HttpException || !(error instanceof Error)) return error;
  if (error instanceof MessagePropertiesError) return new BadRequestException(error.message);
  if (error instanceof BrokerTimeoutError || error.name === 'AbortError') {
    return new ServiceUnavailableException('Service Bus does not answer', { cause: error });
  }
  const code = serviceBusErrorCode(error);
  if (code === undefined) return error;
  if (code === 'MessageSizeExceeded')
    return new PayloadTooLargeException('the message is too large for the queue');
  // [amqp:not-allowed, com.microsoft:argument-error] The SDK puts these ahead of the broker's message.
  const refusal = /^(?:InvalidOperation|Argument|ArgumentOutOfRange)Error: (.*?)(?: TrackingId:.*)?$/s.exec(
    error.message,
  );
  if (refusal) return new BadRequestException(refusal[1], { cause: error });
  const text = CAUSES.get(code) ?? 'Service Bus cannot be reached';
  return new ServiceUnavailableException(text, { cause: error });
}
