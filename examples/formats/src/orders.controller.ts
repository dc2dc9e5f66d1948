import { Controller, Logger } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { ServiceBusContext, ServiceBusEventHandler, ServiceBusHandler } from 'nestjs-service-bus';
import { cloudEventOf, cloudEvents, gzip, massTransit } from 'nestjs-service-bus/formats';

import { avroOrders } from './avro.js';

interface Order {
  readonly id: number;
  readonly item: string;
}

@Controller()
export class OrdersController {
  private readonly logger = new Logger(OrdersController.name);

  // Takes orders of each of these formats, and of JSON. The first one writes the bookings.
  @ServiceBusHandler({
    queue: 'orders',
    replyTo: 'bookings',
    formats: [
      cloudEvents({ source: '/shop', type: () => 'com.shop.order-booked' }),
      massTransit(),
      avroOrders,
    ],
    compression: gzip({ minBytes: 100 }),
  })
  book(@Payload() { id, item }: Order, @Ctx() { message }: ServiceBusContext): object {
    this.logger.log(`order ${id}: ${item}, as ${message.contentType}`);
    return { id, state: 'booked', note: 'Thank you. '.repeat(20) };
  }

  @ServiceBusEventHandler({ queue: 'bookings', formats: [cloudEvents()], compression: gzip() })
  booked(@Payload() { id, state }: Order & { state: string }, @Ctx() { message }: ServiceBusContext): void {
    this.logger.log(`order ${id} is ${state}: ${cloudEventOf(message)?.type}`);
  }
}
