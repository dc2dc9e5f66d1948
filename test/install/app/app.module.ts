import { Module } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { TerminusModule } from '@nestjs/terminus';
import { ServiceBusClientProxy, ServiceBusModule } from 'nestjs-service-bus';
import { cloudEvents, gzip } from 'nestjs-service-bus/formats';

import { HealthController } from './health.controller.js';
import { OrdersController } from './orders.controller.js';

// Events as compressed CloudEvents.
const wire = { formats: [cloudEvents({ source: '/shop' })], compression: gzip({ minBytes: 1 }) };

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
    ServiceBusModule.forFeature({ pattern: 'order-placed', ...wire }),
    ClientsModule.registerAsync({
      clients: [
        {
          name: 'BUS',
          useFactory: () => ({
            customClass: ServiceBusClientProxy,
            options: { ...namespace(), replyQueue: 'replies' },
          }),
        },
        {
          name: 'EVENTS',
          useFactory: () => ({ customClass: ServiceBusClientProxy, options: { ...namespace(), ...wire } }),
        },
      ],
    }),
  ],
  controllers: [HealthController, OrdersController],
})
export class AppModule {}
