import 'reflect-metadata';

import { Controller, Module, type PipeTransform } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';

import { ServiceBusModule, ServiceBusServer } from 'nestjs-service-bus';
import { accept, Order, type Receipt } from './order.js';
import { type Assignment, type Running } from './running.js';

@Controller()
class OrdersController {
  @MessagePattern('orders')
  accept(@Payload() order: Order): Receipt | Promise<Receipt> {
    return accept(order);
  }
}

@Module({})
class OrdersModule {}

/** Our transport, as an application uses it; `pipe` validates the payloads. */
export async function startTransport(
  { address, inputQueue, outputQueue, concurrency, isAdaptive = false, fastLane = true }: Assignment,
  pipe?: PipeTransform,
): Promise<Running> {
  const app = await NestFactory.create(
    {
      module: OrdersModule,
      imports: [
        ServiceBusModule.forRoot({ connectionString: address, fastLane }),
        ServiceBusModule.forFeature({
          pattern: 'orders',
          queue: inputQueue,
          replyTo: outputQueue,
          maxConcurrentCalls: isAdaptive ? 'auto' : concurrency,
        }),
      ],
      controllers: [OrdersController],
    },
    { logger: ['error', 'warn', 'fatal'] },
  );
  if (pipe) app.useGlobalPipes(pipe);
  app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.init();
  return app;
}
