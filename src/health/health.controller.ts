import { Controller, Get, Req } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { type Request } from 'express';

import { hasRole } from '../http/index.js';
import { ServiceBusHealthIndicator } from 'nestjs-service-bus';
import { showStatusOnly } from './show-status-only.js';

// Terminus would load the OpenAPI library at the start.
const UNDOCUMENTED = { noCache: true, swaggerDocumentation: false };

/**
 * Reports whether this process works, to whatever routes requests to it (ready) or restarts it (live). Everybody may
 * ask; the details (addresses, errors, counts) are for operators.
 */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly serviceBus: ServiceBusHealthIndicator,
  ) {}

  @Get(['', 'ready'])
  @HealthCheck(UNDOCUMENTED)
  ready(@Req() request: Request): Promise<HealthCheckResult> {
    const mayLookInside = hasRole(request, 'operate');
    return this.health.check([
      async () => {
        const health = await this.serviceBus.isHealthy();
        return mayLookInside ? health : showStatusOnly(health);
      },
    ]);
  }

  /** Depends on nothing: neither an unreachable broker nor a drain is a reason to restart. */
  @Get('live')
  @HealthCheck(UNDOCUMENTED)
  live(): HealthCheckResult {
    return { status: 'ok', info: {}, error: {}, details: {} };
  }
}
