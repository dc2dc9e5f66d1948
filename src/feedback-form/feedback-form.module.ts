import { type DynamicModule, Module } from '@nestjs/common';

import { type ServiceBusFeatureAsyncOptions, ServiceBusModule } from 'nestjs-service-bus';
import { FeedbackFormController } from './feedback-form.controller.js';
import { FeedbackFormService } from './feedback-form.service.js';

/** Tells what feedback forms say, without who wrote them. */
@Module({})
export class FeedbackFormModule {
  static registerAsync(binding: Pick<ServiceBusFeatureAsyncOptions, 'inject' | 'useFactory'>): DynamicModule {
    return {
      module: FeedbackFormModule,
      imports: [ServiceBusModule.forFeatureAsync({ pattern: 'feedback-form', ...binding })],
      controllers: [FeedbackFormController],
      providers: [FeedbackFormService],
    };
  }
}
