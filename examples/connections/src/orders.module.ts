import { Module } from '@nestjs/common';
import { ServiceBusModule } from 'nestjs-service-bus';

import { OrdersController } from './orders.controller.js';

@Module({
  imports: [
    ServiceBusModule.forFeature({ senders: ['orders'] }),
    ServiceBusModule.forFeature({ connection: 'reports', senders: ['sales'] }),
  ],
  controllers: [OrdersController],
})
export class OrdersModule {}
