import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { describeDetails, describeRoute } from '../http/describe-route.js';
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
  describeRoute(
    HealthController,
    'ready',
    ApiOperation({
      summary: 'Ready for work: the namespace answers and every binding receives',
      description:
        'One entry for the namespace and one for each binding. What is behind them (progress, messages in work, errors) is shown to callers with the role `operate` only.',
    }),
    describeDetails('operate'),
    ApiResponse({ status: 200, description: 'Ready.', schema: RESULT }),
    ApiResponse({ status: 503, description: 'Not ready, or shutting down.', schema: RESULT }),
  );
  describeRoute(
    HealthController,
    'live',
    ApiOperation({ summary: 'The process runs' }),
    ApiResponse({ status: 200, description: 'It does.', schema: RESULT }),
  );
}
