import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';

import { describeRoute } from '../http/describe-route.js';
import { MetricsController } from './metrics.controller.js';

/** Adds to the controller what /docs shows of it. */
export function describeMetrics(): void {
  ApiTags('Metrics')(MetricsController);
  describeRoute(
    MetricsController,
    'metrics',
    ApiOperation({ summary: 'The metrics of this process, for Prometheus' }),
    ApiProduces('text/plain'),
    ApiResponse({
      status: 200,
      description: 'Prometheus text format 0.0.4.',
      schema: { type: 'string', example: 'messaging_client_consumed_messages_total{…} 17' },
    }),
  );
}
