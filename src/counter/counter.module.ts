import { type DynamicModule, Module } from '@nestjs/common';

import { type ServiceBusFeatureAsyncOptions, ServiceBusModule } from 'nestjs-service-bus';
import { CounterController } from './counter.controller.js';
import { CounterService } from './counter.service.js';

/** Counts the characters, words, sentences and lines of texts. */
@Module({})
export class CounterModule {
  static registerAsync(binding: Pick<ServiceBusFeatureAsyncOptions, 'inject' | 'useFactory'>): DynamicModule {
    return {
      module: CounterModule,
      imports: [ServiceBusModule.forFeatureAsync({ pattern: 'counter', ...binding })],
      controllers: [CounterController],
      providers: [CounterService],
    };
  }
}
