import { Module } from '@nestjs/common';
import { ServiceBusModule } from 'nestjs-service-bus';
import { OutboxModule } from 'nestjs-service-bus-outbox';

import { connectionString } from './connection-string.js';
import { Database, databaseUrl } from './database.js';
import { OrdersController } from './orders.controller.js';

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString }),
    ServiceBusModule.forFeature({ pattern: 'orders', queue: 'orders' }),
    ServiceBusModule.forFeature({ pattern: 'receipts', queue: 'receipts' }),
    // Short leases: after kill -9 nobody wants to wait for long until what it was sending goes on.
    OutboxModule.forRoot({ connectionString: databaseUrl, leaseMs: 3_000 }),
  ],
  controllers: [OrdersController],
  providers: [Database],
})
export class AppModule {}
