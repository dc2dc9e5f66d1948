import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';

import { BindingsController } from './bindings.controller.js';
import { HealthController } from './health.controller.js';

@Module({
  imports: [TerminusModule],
  controllers: [BindingsController, HealthController],
})
export class OperationsModule {}
