import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';

import { ServiceBusHealthIndicator } from '../service-bus/index.js';

// Terminus would load the OpenAPI library for its own documentation, at the start.
const UNDOCUMENTED = { noCache: true, swaggerDocumentation: false };

/** Says whether this process works, to those who route work to it (ready) or restart it (live). */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly serviceBus: ServiceBusHealthIndicator,
  ) {}

  @Get(['', 'ready'])
  @HealthCheck(UNDOCUMENTED)
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.serviceBus.isHealthy()]);
  }

  /** Depends on nothing: a broker that is away is no reason to restart, and neither is a drain. */
  @Get('live')
  @HealthCheck(UNDOCUMENTED)
  live(): HealthCheckResult {
    return { status: 'ok', info: {}, error: {}, details: {} };
  }
}
