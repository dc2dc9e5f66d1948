import { Module } from '@nestjs/common';
import { ServiceBusModule } from 'nestjs-service-bus';

import { connectionString } from './connection-string.js';
import { OrdersController } from './orders.controller.js';

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString }),
    ServiceBusModule.forFeature({
      pattern: 'orders',
      queue: 'orders',
      replyTo: 'receipts',
      senders: ['orders'],
      receivers: ['receipts'],
    }),
  ],
  controllers: [OrdersController],
})
export class AppModule {}
