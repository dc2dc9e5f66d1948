import { Controller, Logger } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { DeadLetterException, ServiceBusContext, ServiceBusEventHandler } from 'nestjs-service-bus';

interface Job {
  readonly id: number;
  readonly text?: string;
  readonly isUnlucky?: boolean;
}

@Controller()
export class JobsController {
  private readonly logger = new Logger(JobsController.name);

  @ServiceBusEventHandler({ queue: 'jobs', maxConcurrentCalls: 8, retry: { maxAttempts: 3, delayMs: 200 } })
  run(@Payload() job: Job, @Ctx() context: ServiceBusContext): void {
    // Trying again would not help: to the dead-letter queue, with a reason.
    if (job.text === undefined) throw new DeadLetterException('NoText', `job ${job.id} has no text`);
    // Anything else that is thrown is tried again, later and later.
    if (job.isUnlucky && context.attempt === 1) throw new Error(`job ${job.id} had no luck`);
    this.logger.log(`job ${job.id}: ${job.text.toUpperCase()}, attempt ${context.attempt}`);
  }
}
