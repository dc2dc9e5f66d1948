import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';

import { ServiceBusModule, ServiceBusServer } from '../../src/index.js';
import { killAtStep, type Step } from './kill-at-step.js';

// Forked by WorkerProcess: an application that answers each message on `work` with one on `out`.
const { WORKER_CONNECTION: connectionString = '', WORKER_KILL_AT, WORKER_KILL_AFTER } = process.env;

@Controller()
class WorkController {
  @MessagePattern('work')
  work(@Payload() id: string): string {
    return id;
  }
}

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString }),
    ServiceBusModule.forFeature({
      pattern: 'work',
      replyTo: 'out',
      // A delivery to a killed worker counts as an attempt, and these messages see many.
      retry: { maxAttempts: 1_000, maxDelayMs: 1_000 },
    }),
  ],
  controllers: [WorkController],
})
class WorkerModule {}

if (WORKER_KILL_AT !== undefined) killAtStep(WORKER_KILL_AT as Step, Number(WORKER_KILL_AFTER));
// A worker must not outlive its test.
process.on('disconnect', () => process.exit(1));

const app = await NestFactory.create(WorkerModule, { logger: ['error', 'warn'] });
const server = app.get(ServiceBusServer);
app.connectMicroservice({ strategy: server });
await app.startAllMicroservices();
await app.init();
server.status.subscribe((status) => process.send?.(status));
