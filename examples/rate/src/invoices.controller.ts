import { Controller, Logger } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { ServiceBusHandler } from 'nestjs-service-bus';

import { PostgresRateStore } from './postgres-rate-store.js';

interface Invoice {
  readonly id: number;
}

@Controller()
export class InvoicesController {
  private readonly logger = new Logger('Invoices');

  /** Ten in a second, however many instances there are. */
  @ServiceBusHandler({ queue: 'invoices', rate: { perSecond: 10, store: PostgresRateStore } })
  post(@Payload() { id }: Invoice): void {
    this.logger.log(`invoice ${id} at ${Date.now()}`);
  }
}
