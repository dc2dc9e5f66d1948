import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Publishes, ServiceBusPublisher } from 'nestjs-service-bus';

import { GetPrice, Order, OrderPlaced, type Price } from './contracts.js';

/** The shop over HTTP. It knows kinds of messages, and neither queues nor who handles them. */
@Controller()
@Publishes(OrderPlaced, GetPrice)
export class ShopController {
  constructor(private readonly publisher: ServiceBusPublisher) {}

  @Post('orders')
  @HttpCode(202)
  async place(@Body() order: Order): Promise<void> {
    await this.publisher.publish(OrderPlaced, order);
  }

  @Get('prices/:item')
  price(@Param('item') item: string): Promise<Price> {
    return this.publisher.request(GetPrice, { item });
  }
}
