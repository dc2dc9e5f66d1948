import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';

import { describeError } from '../http/describe-error.js';
import { describeRoute } from '../http/describe-route.js';
import { BindingsController } from './bindings.controller.js';

const BINDING = {
  type: 'object',
  required: ['pattern', 'entityPath', 'state', 'inWork', 'waitingForRetry', 'maxConcurrentCalls'],
  properties: {
    pattern: { type: 'string', example: 'counter' },
    entityPath: { type: 'string', example: 'counter-in' },
    state: {
      type: 'string',
      enum: ['connecting', 'receiving', 'degraded', 'failing', 'paused', 'draining'],
    },
    paused: {
      type: 'object',
      properties: { at: { type: 'string', format: 'date-time' }, reason: { type: 'string' } },
    },
    rate: {
      type: 'object',
      properties: {
        perSecond: { type: 'number' },
        waiting: { type: 'integer' },
        nextTokenInMs: { type: 'integer' },
      },
    },
    inWork: { type: 'integer' },
    waitingForRetry: { type: 'integer' },
    maxConcurrentCalls: { type: 'integer' },
  },
  additionalProperties: true,
};

const NAME = ApiParam({ name: 'name', description: 'The pattern of the binding.', example: 'counter' });
const NOT_FOUND = ApiResponse({
  status: 404,
  ...describeError(
    404,
    'No binding of this process has the name.',
    'there is no binding "conter": did you mean "counter"?',
  ),
});
const WORKERS = ApiResponse({
  status: 409,
  ...describeError(
    409,
    'Several processes share the work, and a request reaches one of them.',
    'with WORKERS=4 a pause would hold for one process of 4: set WORKERS=1, and scale by replicas',
  ),
});

/** Adds to the controller what /docs shows of it. */
export function describeBindings(): void {
  ApiTags('Bindings')(BindingsController);
  describeRoute(
    BindingsController,
    'list',
    ApiOperation({ summary: 'What this process receives, and in which state' }),
    ApiResponse({
      status: 200,
      description: 'The bindings.',
      schema: { type: 'array', items: BINDING },
    }),
  );
  describeRoute(
    BindingsController,
    'pause',
    ApiOperation({
      summary: 'Pause a binding of this process',
      description:
        'It receives nothing until it is resumed, or the process ends. Handlers that run finish; messages that wait for one go back to the broker. A binding that is paused stays paused.',
    }),
    NAME,
    ApiQuery({ name: 'reason', required: false, schema: { type: 'string', maxLength: 200 } }),
    ApiResponse({ status: 200, description: 'It is paused.', schema: BINDING }),
    NOT_FOUND,
    WORKERS,
  );
  describeRoute(
    BindingsController,
    'resume',
    ApiOperation({ summary: 'Resume a binding of this process' }),
    NAME,
    ApiResponse({ status: 200, description: 'It is not paused.', schema: BINDING }),
    NOT_FOUND,
    WORKERS,
  );
}
