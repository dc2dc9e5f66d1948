import { Module } from '@nestjs/common';
import { ServiceBusModule } from 'nestjs-service-bus';

import { connectionString } from './connection-string.js';
import { JobsController } from './jobs.controller.js';

@Module({
  imports: [ServiceBusModule.forRoot({ connectionString })],
  controllers: [JobsController],
})
export class WorkerModule {}
