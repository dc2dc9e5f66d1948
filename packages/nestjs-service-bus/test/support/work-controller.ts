import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';

import { type ServiceBusContext } from '../../src/index.js';

export type WorkHandler = (payload: unknown, context: ServiceBusContext) => unknown;

export const WORK_HANDLER = Symbol('WorkHandler');

/** Bound to the queue `work`; each test provides the handler. */
@Controller()
export class WorkController {
  constructor(@Inject(WORK_HANDLER) private readonly handler: WorkHandler) {}

  @MessagePattern('work')
  work(@Payload() payload: unknown, @Ctx() context: ServiceBusContext): unknown {
    return this.handler(payload, context);
  }
}
