import { Module } from '@nestjs/common';
import { ServiceBusModule } from 'nestjs-service-bus';

import { connectionString } from './connection-string.js';
import { JobsController } from './jobs.controller.js';

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString }),
    ServiceBusModule.forFeature({
      pattern: 'jobs',
      queue: 'jobs',
      maxConcurrentCalls: 8,
      retry: { maxAttempts: 3, delayMs: 200 },
    }),
  ],
  controllers: [JobsController],
})
export class WorkerModule {}
