import { Controller, Logger } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { ServiceBusHandler } from 'nestjs-service-bus';

interface Mail {
  readonly id: number;
}

@Controller()
export class MailsController {
  private readonly logger = new Logger('Mails');

  /** Five in a second in each instance, and three more at once after a rest. No store is asked. */
  @ServiceBusHandler({ queue: 'mails', rate: { perSecond: 5, burst: 3 } })
  send(@Payload() { id }: Mail): void {
    this.logger.log(`mail ${id} at ${Date.now()}`);
  }
}
