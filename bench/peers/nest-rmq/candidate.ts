import 'reflect-metadata';

import { Controller, Inject, Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type ClientProxy,
  ClientsModule,
  Ctx,
  EventPattern,
  type MicroserviceOptions,
  Payload,
  RmqContext,
  Transport,
} from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

import { accept, Order } from '../../candidates/order.js';
import { type Assignment, type Running } from '../../candidates/running.js';

const RESULTS = 'RESULTS';

interface Channel {
  ack(message: Record<string, unknown>): void;
}

@Controller()
class OrdersController {
  constructor(@Inject(RESULTS) private readonly results: ClientProxy) {}

  @EventPattern<string>('orders')
  async accept(@Payload() order: Order, @Ctx() context: RmqContext): Promise<void> {
    // Resolves when the broker has confirmed; only then may the input be acknowledged.
    await lastValueFrom(this.results.emit('results', accept(order)), { defaultValue: undefined });
    (context.getChannelRef() as Channel).ack(context.getMessage());
  }
}

@Module({})
class OrdersModule {}

/** Nest's own RabbitMQ transport: persistent messages, manual acknowledgement. */
export async function start({ address, inputQueue, outputQueue, concurrency }: Assignment): Promise<Running> {
  const durable = { durable: true };
  const client = {
    name: RESULTS,
    transport: Transport.RMQ as const,
    options: { urls: [address], queue: outputQueue, queueOptions: durable, persistent: true },
  };
  const module = {
    module: OrdersModule,
    imports: [ClientsModule.register([client])],
    controllers: [OrdersController],
  };
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
    logger: ['error', 'warn', 'fatal'],
    transport: Transport.RMQ,
    options: {
      urls: [address],
      queue: inputQueue,
      queueOptions: durable,
      noAck: false,
      prefetchCount: concurrency,
    },
  });
  app.useGlobalPipes(new ValidationPipe({ transform: true }));
  await app.listen();
  return app;
}
