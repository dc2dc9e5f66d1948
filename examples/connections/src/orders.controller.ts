import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { InjectSender, ServiceBusEventHandler, type ServiceBusSender } from 'nestjs-service-bus';

import { type Sale } from './sale.js';

interface Order {
  readonly id: number;
  readonly item: string;
  readonly pieces: number;
}

/** Orders come from the namespace without a name; what is sold goes to the other one. */
@Controller('orders')
export class OrdersController {
  constructor(
    @InjectSender('orders') private readonly orders: ServiceBusSender,
    @InjectSender('sales', 'reports') private readonly sales: ServiceBusSender,
  ) {}

  @Post()
  @HttpCode(202)
  async place(@Body() order: Order): Promise<void> {
    await this.orders.sendMessages({ body: order });
  }

  @ServiceBusEventHandler({ queue: 'orders' })
  async sell(@Payload() { id, pieces }: Order): Promise<void> {
    const sale: Sale = { order: id, euros: pieces * 3 };
    await this.sales.sendMessages({ messageId: `sale-${id}`, body: sale });
  }
}
