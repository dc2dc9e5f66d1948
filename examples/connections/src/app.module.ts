import { Module } from '@nestjs/common';
import { ServiceBusModule } from 'nestjs-service-bus';

import { LedgerController } from './ledger.controller.js';
import { namespace } from './namespace.js';
import { OperationsModule } from './operations.module.js';
import { OrdersModule } from './orders.module.js';
import { SalesModule } from './sales.module.js';

@Module({
  imports: [
    ServiceBusModule.forRootAsync({ useFactory: () => namespace('SB_CONNECTION') }),
    ServiceBusModule.forRootAsync({ name: 'reports', useFactory: () => namespace('SB_REPORTS_CONNECTION') }),
    OrdersModule,
    SalesModule,
    OperationsModule,
  ],
  controllers: [LedgerController],
})
export class AppModule {}
