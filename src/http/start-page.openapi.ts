import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { describeRoute } from './describe-route.js';
import { StartPageController } from './start-page.controller.js';

/** Adds to the controller what /docs shows of it. */
export function describeStartPage(): void {
  ApiTags('Start page')(StartPageController);
  describeRoute(
    StartPageController,
    'startPage',
    ApiOperation({ summary: 'Where to go from here' }),
    ApiResponse({
      status: 200,
      description:
        'Paths of the documentation, of the health check and, where it is switched on, of the desk.',
      schema: {
        type: 'object',
        required: ['documentation', 'health'],
        properties: {
          documentation: { type: 'string', example: '/docs' },
          health: { type: 'string', example: '/health' },
          desk: { type: 'string', example: '/desk' },
        },
      },
    }),
  );
}
