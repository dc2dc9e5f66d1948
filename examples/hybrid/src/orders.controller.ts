import { Body, Controller, Get, Post } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  InjectReceiver,
  InjectSender,
  type ServiceBusReceiver,
  type ServiceBusSender,
} from 'nestjs-service-bus';

interface Order {
  readonly item: string;
  readonly pieces: number;
}

interface Receipt {
  readonly item: string;
  readonly total: number;
}

/** Takes orders over HTTP, works on them behind a queue, and hands out the receipts. */
@Controller()
export class OrdersController {
  constructor(
    @InjectSender('orders') private readonly orders: ServiceBusSender,
    @InjectReceiver('receipts') private readonly receipts: ServiceBusReceiver,
  ) {}

  @Post('orders')
  async place(@Body() order: Order): Promise<{ accepted: true }> {
    await this.orders.sendMessages({ body: order });
    return { accepted: true };
  }

  /** What it returns goes to the queue `receipts`: the module says so. */
  @MessagePattern('orders')
  book(@Payload() { item, pieces }: Order): Receipt {
    return { item, total: pieces * 3 };
  }

  @Get('receipts')
  async next(): Promise<Receipt[]> {
    const messages = await this.receipts.receiveMessages(10, { maxWaitTimeInMs: 2_000 });
    for (const message of messages) await this.receipts.completeMessage(message);
    return messages.map(({ body }) => body as Receipt);
  }
}
