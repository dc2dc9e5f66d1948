import { Controller, Logger } from '@nestjs/common';
import { DeadLetterException, Handles, ServiceBusEventHandler, ServiceBusHandler } from 'nestjs-service-bus';

import { GetPrice, Order, OrderPlaced, Price, PriceQuestion } from './contracts.js';

const PRICES: Readonly<Record<string, Price>> = { tea: { euros: 3 }, coffee: { euros: 4 } };

/** The warehouse behind the queues: who handles what, how its queue is read, and what the queue is like. */
@Controller()
export class WarehouseController {
  private readonly logger = new Logger(WarehouseController.name);

  @Handles(OrderPlaced)
  @ServiceBusEventHandler({
    queue: 'orders',
    maxConcurrentCalls: 8,
    retry: { maxAttempts: 3 },
    entity: { duplicateDetection: 'PT5M', forwardDeadLettersTo: 'failed-orders' },
  })
  book({ id, item, pieces }: Order): void {
    this.logger.log(`order ${id}: ${pieces} ${item}, ${pieces * priceOf(item).euros} euros`);
  }

  @Handles(GetPrice)
  @ServiceBusHandler({ queue: 'prices', entity: { defaultMessageTimeToLive: 'PT1M' } })
  answer({ item }: PriceQuestion): Price {
    return priceOf(item);
  }
}

function priceOf(item: string): Price {
  const price = PRICES[item];
  // Trying again would not help.
  if (!price) throw new DeadLetterException('UnknownItem', `there is no ${item}`);
  return price;
}
