import { Controller, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { EventPattern, ServiceBusContext, ServiceBusModule, ServiceBusServer } from 'nestjs-service-bus';

import { connectionString } from './connection-string.js';

interface Order {
  readonly id: number;
}

/** A handler for each subject that its subscription brings. */
@Controller()
class BillingController {
  private readonly logger = new Logger(BillingController.name);

  @EventPattern({ binding: 'billing', subject: 'placed' })
  onPlaced(@Payload() order: Order): void {
    this.logger.log(`billing: order ${order.id} is charged`);
  }

  @EventPattern({ binding: 'billing', subject: 'cancelled' })
  onCancelled(@Payload() order: Order): void {
    this.logger.log(`billing: order ${order.id} is refunded`);
  }
}

/** The other subscription has a copy of every message. */
@Controller()
class AuditController {
  private readonly logger = new Logger(AuditController.name);

  @EventPattern('audit')
  onAny(@Payload() order: Order, @Ctx() context: ServiceBusContext): void {
    this.logger.log(`audit: order ${order.id}, ${context.message.subject}`);
  }
}

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString }),
    ServiceBusModule.forFeature({ pattern: 'billing', topic: 'orders', subscription: 'billing' }),
    ServiceBusModule.forFeature({ pattern: 'audit', topic: 'orders', subscription: 'audit' }),
  ],
  controllers: [BillingController, AuditController],
})
class SubscriberModule {}

const app = await NestFactory.createMicroservice(SubscriberModule, {
  inject: [ServiceBusServer],
  useFactory: (server: ServiceBusServer) => ({ strategy: server }),
});
app.enableShutdownHooks();
await app.listen();
