import { type ServiceBusReceiver, type ServiceBusSender } from '@azure/service-bus';
import { Controller, Get, Inject, Post } from '@nestjs/common';
import { ClientProxy, Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { InjectReceiver, InjectSender, ServiceBusContext } from 'nestjs-service-bus';
import { cloudEventOf } from 'nestjs-service-bus/formats';
import { lastValueFrom } from 'rxjs';

import { Order } from './order.js';

interface Total {
  readonly total: number;
  readonly attempt: number;
}

@Controller()
export class OrdersController {
  private readonly placed: number[] = [];

  constructor(
    @Inject('BUS') private readonly bus: ClientProxy,
    @Inject('EVENTS') private readonly events: ClientProxy,
    @InjectSender('orders') private readonly orders: ServiceBusSender,
    @InjectReceiver('totals') private readonly totals: ServiceBusReceiver,
  ) {}

  @MessagePattern('orders')
  take(@Payload() order: Order, @Ctx() context: ServiceBusContext): Total {
    return { total: order.amount * 2, attempt: context.attempt };
  }

  // Without the type, Nest 12's decorator takes no typed context.
  @EventPattern<string>('order-placed')
  remember(@Payload() order: Order, @Ctx() context: ServiceBusContext): void {
    if (cloudEventOf(context.message)?.type === 'order-placed') this.placed.push(order.amount);
  }

  /** By the injected sender; the handler's result comes out of the queue that it replies to. */
  @Post('by-sender')
  async bySender(): Promise<unknown> {
    await this.orders.sendMessages({ body: { amount: 21 } });
    const [message] = await this.totals.receiveMessages(1, { maxWaitTimeInMs: 20_000 });
    if (!message) return undefined;
    await this.totals.completeMessage(message);
    return message.body as unknown;
  }

  @Post('by-client')
  byClient(): Promise<Total> {
    return lastValueFrom(this.bus.send<Total>('orders', { amount: 5 }));
  }

  @Post('emit')
  async emit(): Promise<void> {
    const placed = { amount: 7, note: 'as long as it takes to be compressed '.repeat(9) };
    await lastValueFrom(this.events.emit('order-placed', placed), { defaultValue: undefined });
  }

  @Get('placed')
  seen(): number[] {
    return this.placed;
  }
}
