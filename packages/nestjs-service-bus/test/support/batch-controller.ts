import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';

import { type ServiceBusBatchContext } from '../../src/index.js';

export type BatchHandler = (payloads: unknown[], context: ServiceBusBatchContext) => unknown;

export const BATCH_HANDLER = Symbol('BatchHandler');

/** Bound to the queue `work` with the option `batch`; each test provides the handler. */
@Controller()
export class BatchController {
  constructor(@Inject(BATCH_HANDLER) private readonly handler: BatchHandler) {}

  @MessagePattern('work')
  work(@Payload() payloads: unknown[], @Ctx() context: ServiceBusBatchContext): unknown {
    return this.handler(payloads, context);
  }
}
