import { type DynamicModule, Module } from '@nestjs/common';

import { ServiceBusModule } from 'nestjs-service-bus';
import { FeedbackFormController } from './feedback-form.controller.js';
import { FeedbackFormService } from './feedback-form.service.js';

/** Tells what feedback forms say, without who wrote them. */
@Module({})
export class FeedbackFormModule {
  static register({ inQueue, outQueue }: { inQueue: string; outQueue: string }): DynamicModule {
    return {
      module: FeedbackFormModule,
      imports: [
        ServiceBusModule.forFeature({
          pattern: 'feedback-form',
          queue: inQueue,
          replyTo: outQueue,
          allowReplyTo: false,
        }),
      ],
      controllers: [FeedbackFormController],
      providers: [FeedbackFormService],
    };
  }
}
