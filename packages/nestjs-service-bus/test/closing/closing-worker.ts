import { setTimeout as delay } from 'node:timers/promises';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';

import { ServiceBusModule, ServiceBusServer } from '../../src/index.js';

// Run by closing.spec: starts applications, closes each soon after, and ends by itself.
const { WORKER_CONNECTION: connectionString = '', WORKER_SESSIONS } = process.env;

@Controller()
class WorkController {
  @MessagePattern('work')
  work(@Payload() payload: unknown): unknown {
    return payload;
  }
}

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString }),
    ServiceBusModule.forFeature(
      WORKER_SESSIONS === undefined
        ? { pattern: 'work', replyTo: 'out' }
        : { pattern: 'work', queue: 'sessions', sessions: {}, replyTo: 'out' },
    ),
  ],
  controllers: [WorkController],
})
class WorkerModule {}

/** Milliseconds after the start, or as soon as it receives. */
const MOMENTS = [0, 20, 60, 110, 170, 240, 320, 410, 'receiving'] as const;

for (const moment of MOMENTS) {
  const app = await NestFactory.create(WorkerModule, { logger: ['error', 'warn'] });
  const server = app.get(ServiceBusServer);
  app.connectMicroservice({ strategy: server });
  await app.startAllMicroservices();
  await app.init();
  if (moment === 'receiving') {
    while (!server.health().every(({ state }) => state === 'receiving')) await delay(5);
  } else await delay(moment);
  const beganAtMs = performance.now();
  await app.close();
  process.stdout.write(`${moment}: closed in ${Math.round(performance.now() - beganAtMs)} ms\n`);
}
