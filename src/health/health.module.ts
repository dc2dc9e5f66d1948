import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';

import { HealthController } from './health.controller.js';

/** Probes for Kubernetes. */
@Module({
  // Each failing probe would be logged, every few seconds; the transport logs each failure once.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
})
export class HealthModule {}
