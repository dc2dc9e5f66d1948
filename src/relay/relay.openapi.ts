import {
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';

import { describeError } from '../http/describe-error.js';
import { describeRoute } from '../http/describe-route.js';
import { RelayHttpController } from './relay-http.controller.js';

const MESSAGES = {
  description: 'A JSON array of bodies; with `details=true`, of messages with their properties.',
  schema: { type: 'array', items: {}, example: ['Hello world!'] },
};

const UNAVAILABLE = {
  status: 503,
  ...describeError(
    503,
    'Service Bus cannot be reached, or does not take part now.',
    'Service Bus cannot be reached',
  ),
  headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', example: 5 } } },
};

const DETAILS = query('details', 'boolean', 'Messages with their properties instead of bodies.', {
  default: false,
});

/** Adds to the controller what /docs shows of it. */
export function describeRelay(): void {
  ApiTags('Relay')(RelayHttpController);
  describeSend();
  describeReceive();
  describePeek();
}

function describeSend(): void {
  describeRoute(
    RelayHttpController,
    'send',
    ApiOperation({
      summary: 'Sends a message to the input queue',
      description: 'The raw body, of any content type, is the text of the message.',
    }),
    ApiConsumes(
      'text/plain',
      'application/json',
      'application/x-www-form-urlencoded',
      'application/octet-stream',
    ),
    ApiBody({ required: false, schema: { type: 'string', example: 'Hello world!' } }),
    ApiHeader({
      name: 'BrokerProperties',
      required: false,
      description:
        'JSON with MessageId, SessionId, PartitionKey, CorrelationId, Label, To, ReplyTo, ReplyToSessionId, TimeToLive (seconds), ScheduledEnqueueTimeUtc.',
      schema: { type: 'string', example: '{"Label":"greeting","TimeToLive":60}' },
    }),
    ApiHeader({
      name: 'x-property-name',
      required: false,
      description: 'A property of your own: put its name behind `x-property-`.',
      schema: { type: 'string' },
    }),
    ApiResponse({
      status: 200,
      description: 'The broker has accepted the message.',
      headers: { 'Message-Id': { description: 'The id of the message.', schema: { type: 'string' } } },
      content: { 'application/json': { schema: { type: 'boolean', example: true } } },
    }),
    refusal(
      400,
      'The body is not UTF-8 (and not `application/octet-stream`), or a property cannot be used.',
      'the body is not UTF-8; send bytes as application/octet-stream',
    ),
    refusal(413, 'The message is larger than the queue takes.', 'the message is too large for the queue'),
    ApiResponse(UNAVAILABLE),
  );
}

function describeReceive(): void {
  describeRoute(
    RelayHttpController,
    'receive',
    ApiOperation({
      summary: 'Takes messages off the output queue',
      description:
        'Answers when no message came for `idleTimeout` seconds, or as soon as there are `minMessages` or `maxMessages`. The messages are completed when the response has been handed over; a client that goes away before gives them back.',
    }),
    query('idleTimeout', 'number', 'Seconds.', { default: 3, minimum: 0, maximum: 60 }),
    query('maxMessages', 'integer', 'At most so many.', { default: 100, minimum: 1, maximum: 1000 }),
    query('minMessages', 'integer', 'So many are enough to answer at once; 0 waits for `idleTimeout`.', {
      default: 0,
      minimum: 0,
      maximum: 1000,
    }),
    DETAILS,
    ApiResponse({ status: 200, ...MESSAGES }),
    refusal(400, 'A parameter is unknown or out of its range.', 'maxMessages must not be less than 1'),
    ApiResponse(UNAVAILABLE),
  );
}

function describePeek(): void {
  describeRoute(
    RelayHttpController,
    'peek',
    ApiOperation({ summary: 'Looks at the messages of the output queue, and leaves them there' }),
    query('maxMessages', 'integer', 'At most so many.', { default: 100, minimum: 1, maximum: 1000 }),
    query('fromSequenceNumber', 'string', 'The first sequence number to show.', { default: '0' }),
    DETAILS,
    ApiResponse({ status: 200, ...MESSAGES }),
    refusal(400, 'A parameter is unknown or out of its range.', 'maxMessages must not be less than 1'),
    ApiResponse(UNAVAILABLE),
  );
}

function query(name: string, type: string, description: string, range: object): MethodDecorator {
  return ApiQuery({ name, required: false, description, schema: { type, ...range } });
}

function refusal(status: number, description: string, message: string): MethodDecorator {
  return ApiResponse({ status, ...describeError(status, description, message) });
}
