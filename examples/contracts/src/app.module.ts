import { Module } from '@nestjs/common';
import { AsyncApiModule, ServiceBusModule } from 'nestjs-service-bus';

import { connectionString } from './connection-string.js';
import { ShopController } from './shop.controller.js';
import { WarehouseController } from './warehouse.controller.js';

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString, replyQueue: 'shop-replies' }),
    AsyncApiModule.forRoot({ title: 'Shop', version: '1.0.0' }),
  ],
  controllers: [ShopController, WarehouseController],
})
export class AppModule {}
