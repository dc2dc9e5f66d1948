import 'reflect-metadata';

import { Controller, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';

import { QuickValidationPipe, ServiceBusModule, ServiceBusServer } from 'nestjs-service-bus';
import { accept, Order, type Receipt } from './order.js';
import { type Assignment, type Running } from './running.js';

type Work = (order: Order) => Receipt | Promise<Receipt>;

@Module({})
class OrdersModule {}

/** Our transport with many handlers on one queue, selected by subject, or with many bindings. */
export async function start(assignment: Assignment): Promise<Running> {
  const { handlers = 1, bindings = 1 } = assignment;
  const patterns = Array.from({ length: bindings }, (_, index) => `orders-${index}`);
  let isReceiving = false;
  let begin: () => void;
  const receiving = new Promise<void>((resolve) => (begin = resolve));
  // Do not measure the opening of links: no message ends before all links are open.
  const work: Work = (order) => (isReceiving ? accept(order) : receiving.then(() => accept(order)));
  const app = await NestFactory.create(
    {
      module: OrdersModule,
      imports: [
        ServiceBusModule.forRoot({ connectionString: assignment.address }),
        ...patterns.map((pattern) =>
          ServiceBusModule.forFeature({
            pattern,
            replyTo: assignment.outputQueue,
            // With many bindings, each keeps the default.
            ...(bindings === 1 && { maxConcurrentCalls: assignment.concurrency }),
          }),
        ),
      ],
      controllers: patterns.map((pattern) => controller(pattern, handlers, work)),
    },
    { logger: ['error', 'warn', 'fatal'] },
  );
  app.useGlobalPipes(new QuickValidationPipe({ transform: true }));
  const server = app.get(ServiceBusServer);
  server.status.subscribe((status) => {
    if (status !== 'connected') return;
    isReceiving = true;
    begin();
  });
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.init();
  return app;
}

/** Creates a controller with any number of methods, as decorators would. */
function controller(binding: string, handlers: number, work: Work): Type {
  class OrdersController {}
  const { prototype } = OrdersController;
  for (let index = 0; index < handlers; index++) {
    const name = `accept${index}`;
    const descriptor = {
      value: (order: Order): ReturnType<Work> => work(order),
      writable: true,
      configurable: true,
    };
    Object.defineProperty(prototype, name, descriptor);
    MessagePattern({ binding, subject: `subject-${index}` })(prototype, name, descriptor);
    Payload()(prototype, name, 0);
    Reflect.defineMetadata('design:paramtypes', [Order], prototype, name);
  }
  Controller()(OrdersController);
  return OrdersController;
}
