import { Controller, Logger } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { ServiceBusContext, ServiceBusEventHandler } from 'nestjs-service-bus';

import { Ledger } from './ledger.js';
import { type Sale } from './sale.js';

@Controller()
export class SalesController {
  private readonly logger = new Logger(SalesController.name);

  constructor(private readonly ledger: Ledger) {}

  // Without the pattern, operators would have to call it `reports:sales`.
  @ServiceBusEventHandler({ pattern: 'sales', connection: 'reports', queue: 'sales' })
  async enter(@Payload() sale: Sale, @Ctx() { attempt, signal }: ServiceBusContext): Promise<void> {
    await this.ledger.enter(sale, signal);
    this.logger.log(`order ${sale.order}: in the ledger, attempt ${attempt}`);
  }
}
