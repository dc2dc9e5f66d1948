import { Body, Controller, Get, Post } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { EventPattern, ServiceBusContext } from 'nestjs-service-bus';
import { Inbox, Outbox } from 'nestjs-service-bus-outbox';

import { Database } from './database.js';

interface Order {
  readonly id: string;
  readonly item: string;
  readonly pieces: number;
}

interface Receipt {
  readonly orderId: string;
  readonly total: number;
}

const PRICE = 3;

/** Takes orders, books them, and files the receipts: three transactions, joined by two queues. */
@Controller()
export class OrdersController {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly inbox: Inbox,
  ) {}

  /** The order and the message that tells of it: both or none. Whoever got no answer may place the same order again. */
  @Post('orders')
  async place(@Body() order: Order): Promise<{ accepted: true }> {
    await this.database.transaction(async (client) => {
      const { rowCount } = await client.query(
        'INSERT INTO orders (id, item, pieces) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [order.id, order.item, order.pieces],
      );
      if (rowCount === 1) await this.outbox.add(client, { to: 'orders', payload: order });
    });
    return { accepted: true };
  }

  /** The booking, the mark that this message was handled, and the receipt: all of them or none. */
  @EventPattern('orders')
  async book(@Payload() { id, pieces }: Order, @Ctx() context: ServiceBusContext): Promise<void> {
    await this.database.transaction((client) =>
      this.inbox.once(client, context, async () => {
        const receipt: Receipt = { orderId: id, total: pieces * PRICE };
        await client.query('INSERT INTO bookings (order_id, total) VALUES ($1, $2)', [id, receipt.total]);
        await this.outbox.add(client, { to: 'receipts', payload: receipt });
      }),
    );
  }

  @EventPattern('receipts')
  async file(@Payload() { orderId, total }: Receipt, @Ctx() context: ServiceBusContext): Promise<void> {
    await this.database.transaction((client) =>
      this.inbox.once(client, context, () =>
        client.query('INSERT INTO receipts (order_id, total) VALUES ($1, $2)', [orderId, total]),
      ),
    );
  }

  /** How many there are: when all messages have arrived, one booking and one receipt for each order. */
  @Get('report')
  async report(): Promise<Record<string, number>> {
    const { rows } = await this.database.pool.query<Record<string, number>>(`
      SELECT (SELECT count(*) FROM orders)::int AS orders,
        (SELECT count(*) FROM bookings)::int AS bookings,
        (SELECT count(DISTINCT order_id) FROM bookings)::int AS "bookedOrders",
        (SELECT count(*) FROM receipts)::int AS receipts`);
    return rows[0] ?? {};
  }
}
