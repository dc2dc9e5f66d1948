import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { HealthController } from './health.controller.js';

const RESULT = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['ok', 'error', 'shutting_down'] },
    info: { type: 'object', additionalProperties: true },
    error: { type: 'object', additionalProperties: true },
    details: { type: 'object', additionalProperties: true },
  },
};

/** Adds to the controller what /docs shows of it. */
export function describeHealth(): void {
  ApiTags('Health')(HealthController);
  describeMethod(
    'ready',
    ApiOperation({ summary: 'Ready for work: the namespace answers and every binding receives' }),
    ApiResponse({ status: 200, description: 'Ready.', schema: RESULT }),
    ApiResponse({ status: 503, description: 'Not ready, or shutting down.', schema: RESULT }),
  );
  describeMethod(
    'live',
    ApiOperation({ summary: 'The process runs' }),
    ApiResponse({ status: 200, description: 'It does.', schema: RESULT }),
  );
}

function describeMethod(name: 'ready' | 'live', ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(HealthController.prototype, name);
  if (descriptor) applyDecorators(...decorators)(HealthController.prototype, name, descriptor);
}
