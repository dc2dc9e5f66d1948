import 'reflect-metadata';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';

import { QuickValidationPipe, ServiceBusModule, ServiceBusServer } from 'nestjs-service-bus';
import { accept, Order, type Receipt } from './order.js';
import { type Assignment, type Running } from './running.js';

const NEVER_IDLE_MS = 3_600_000;

@Controller()
class OrdersController {
  @MessagePattern('orders')
  accept(@Payload() order: Order): Receipt | Promise<Receipt> {
    return accept(order);
  }
}

@Module({})
class OrdersModule {}

/** Our transport, holding all sessions at once. */
export async function start(assignment: Assignment): Promise<Running> {
  const app = await NestFactory.create(
    {
      module: OrdersModule,
      imports: [
        ServiceBusModule.forRoot({
          connectionString: assignment.address,
          fastLane: assignment.fastLane ?? true,
        }),
        ServiceBusModule.forFeature({
          pattern: 'orders',
          queue: assignment.inputQueue,
          replyTo: assignment.outputQueue,
          sessions: { maxConcurrentSessions: assignment.concurrency, idleTimeoutMs: NEVER_IDLE_MS },
        }),
      ],
      controllers: [OrdersController],
    },
    { logger: ['error', 'warn', 'fatal'] },
  );
  app.useGlobalPipes(new QuickValidationPipe({ transform: true }));
  app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.init();
  return app;
}
