import 'reflect-metadata';

import { AmqpConnection, RabbitMQModule, RabbitPayload, RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { Injectable, Module, type Type, UsePipes, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import { accept, Order } from '../../candidates/order.js';
import { type Assignment, type Running } from '../../candidates/running.js';

// The decorator needs the queue's name, which is known only when the candidate starts.
function ordersHandler(inputQueue: string, outputQueue: string): Type {
  @Injectable()
  class OrdersHandler {
    constructor(private readonly connection: AmqpConnection) {}

    @RabbitSubscribe({ queue: inputQueue, createQueueIfNotExists: false })
    @UsePipes(new ValidationPipe({ transform: true }))
    async accept(@RabbitPayload() order: Order): Promise<void> {
      // Resolves when the broker has confirmed; only then is the input acknowledged.
      await this.connection.publish('', outputQueue, accept(order), { persistent: true });
    }
  }
  return OrdersHandler;
}

@Module({})
class OrdersModule {}

/** @golevelup/nestjs-rabbitmq: persistent messages, acknowledged when the handler is done. */
export async function start({ address, inputQueue, outputQueue, concurrency }: Assignment): Promise<Running> {
  const module = {
    module: OrdersModule,
    imports: [RabbitMQModule.forRoot({ uri: address, prefetchCount: concurrency })],
    providers: [ordersHandler(inputQueue, outputQueue)],
  };
  return NestFactory.createApplicationContext(module, { logger: ['error', 'warn', 'fatal'] });
}
