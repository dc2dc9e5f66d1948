import { Controller, Get, Req } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { type Request } from 'express';

import { hasRole } from '../http/index.js';
import { ServiceBusHealthIndicator } from 'nestjs-service-bus';
import { showStatusOnly } from './show-status-only.js';

// Terminus would load the OpenAPI library for its own documentation, at the start.
const UNDOCUMENTED = { noCache: true, swaggerDocumentation: false };

/**
 * Says whether this process works, to those who route work to it (ready) or restart it (live), whoever they are; what
 * is behind it (addresses, errors, counts) is for those who operate it.
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

  /** Depends on nothing: a broker that is away is no reason to restart, and neither is a drain. */
  @Get('live')
  @HealthCheck(UNDOCUMENTED)
  live(): HealthCheckResult {
    return { status: 'ok', info: {}, error: {}, details: {} };
  }
}
