import { type DynamicModule, Module } from '@nestjs/common';

import { ServiceBusModule } from 'nestjs-service-bus';
import { CounterController } from './counter.controller.js';
import { CounterService } from './counter.service.js';

/** Counts the characters, words, sentences and lines of texts. */
@Module({})
export class CounterModule {
  static register({ inQueue, outQueue }: { inQueue: string; outQueue: string }): DynamicModule {
    return {
      module: CounterModule,
      imports: [
        ServiceBusModule.forFeature({
          pattern: 'counter',
          queue: inQueue,
          replyTo: outQueue,
          allowReplyTo: false,
        }),
      ],
      controllers: [CounterController],
      providers: [CounterService],
    };
  }
}
