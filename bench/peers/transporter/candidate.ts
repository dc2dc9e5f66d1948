import 'reflect-metadata';

import { Controller, Inject, Module, type Type, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ClientProxy, Payload } from '@nestjs/microservices';
import { AzureServiceBusModule, AzureServiceBusServer, Queue } from 'nestjs-azure-service-bus-transporter';
import { lastValueFrom } from 'rxjs';

import { accept, Order } from '../../candidates/order.js';
import { type Assignment, type Running } from '../../candidates/running.js';

const CLIENT = 'SERVICE_BUS';

// The decorator needs the queue's name, which is known only when the candidate starts.
function ordersController({ inputQueue, outputQueue, concurrency }: Assignment): Type {
  @Controller()
  class OrdersController {
    constructor(@Inject(CLIENT) private readonly client: ClientProxy) {}

    @Queue({
      queueName: inputQueue,
      receiveMode: 'peekLock',
      options: { maxConcurrentCalls: concurrency, autoCompleteMessages: true },
    })
    async accept(@Payload('body') order: Order): Promise<void> {
      const message = { body: accept(order), contentType: 'application/json' };
      await lastValueFrom(this.client.emit({ name: outputQueue }, message), { defaultValue: undefined });
    }
  }
  return OrdersController;
}

@Module({})
class OrdersModule {}

/** nestjs-azure-service-bus-transporter, with its server and its client. */
export async function start(assignment: Assignment): Promise<Running> {
  const { address: connectionString } = assignment;
  const module = {
    module: OrdersModule,
    imports: [AzureServiceBusModule.forRoot([{ name: CLIENT, connectionString }])],
    controllers: [ordersController(assignment)],
  };
  const app = await NestFactory.createMicroservice(module, {
    logger: ['error', 'warn', 'fatal'],
    strategy: new AzureServiceBusServer({ connectionString }),
  });
  app.useGlobalPipes(new ValidationPipe({ transform: true }));
  await app.listen();
  return app;
}
