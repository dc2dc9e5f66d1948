import { Module } from '@nestjs/common';
import { ServiceBusModule } from 'nestjs-service-bus';

import { connectionString } from './connection-string.js';
import { OrdersController } from './orders.controller.js';

@Module({
  imports: [ServiceBusModule.forRoot({ connectionString })],
  controllers: [OrdersController],
})
export class FormatsModule {}
