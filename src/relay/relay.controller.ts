import { Controller } from '@nestjs/common';
import { Ctx, EventPattern } from '@nestjs/microservices';

import { ServiceBusContext } from 'nestjs-service-bus';
import { ForwardService } from './forward.service.js';

/** Relays from the input queue to the output queue. */
@Controller()
export class RelayController {
  constructor(private readonly forwarder: ForwardService) {}

  // An event, not a request: a `replyTo` names who answers the relayed message, not where to relay it to.
  @EventPattern('relay')
  relay(@Ctx() context: ServiceBusContext): Promise<void> {
    return this.forwarder.forward(context);
  }
}
