import 'reflect-metadata';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';

import { QuickValidationPipe, ServiceBusModule, ServiceBusServer } from '../../src/service-bus/index.js';
import { accept, Order, type Receipt } from './order.js';
import { type Assignment, type Running } from './running.js';

@Controller()
class OrdersController {
  @MessagePattern('orders')
  accept(@Payload() order: Order): Receipt {
    return accept(order);
  }
}

@Module({})
class OrdersModule {}

/** Our transport, as an application uses it; `isValidating`: with Nest's global `ValidationPipe`. */
export async function startTransport(
  { address, inputQueue, outputQueue, concurrency }: Assignment,
  { isValidating }: { isValidating: boolean },
): Promise<Running> {
  const app = await NestFactory.create(
    {
      module: OrdersModule,
      imports: [
        ServiceBusModule.forRoot({ connectionString: address }),
        ServiceBusModule.forFeature({
          pattern: 'orders',
          queue: inputQueue,
          replyTo: outputQueue,
          maxConcurrentCalls: concurrency,
        }),
      ],
      controllers: [OrdersController],
    },
    { logger: ['error', 'warn', 'fatal'] },
  );
  if (isValidating) app.useGlobalPipes(new QuickValidationPipe({ transform: true }));
  app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.init();
  return app;
}
