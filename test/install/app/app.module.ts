import { Module } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { TerminusModule } from '@nestjs/terminus';
import { ServiceBusClientProxy, ServiceBusModule } from 'nestjs-service-bus';

import { HealthController } from './health.controller.js';
import { OrdersController } from './orders.controller.js';

const namespace = (): { connectionString: string } => ({
  connectionString: process.env['SB_CONNECTION'] ?? '',
});

@Module({
  imports: [
    TerminusModule,
    ServiceBusModule.forRootAsync({ useFactory: namespace }),
    ServiceBusModule.forFeature({
      pattern: 'orders',
      replyTo: 'totals',
      senders: ['orders'],
      receivers: ['totals'],
    }),
    ServiceBusModule.forFeature({ pattern: 'order-placed' }),
    ClientsModule.registerAsync({
      clients: [
        {
          name: 'BUS',
          useFactory: () => ({
            customClass: ServiceBusClientProxy,
            options: { ...namespace(), replyQueue: 'replies' },
          }),
        },
      ],
    }),
  ],
  controllers: [HealthController, OrdersController],
})
export class AppModule {}
