import { Controller } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Payload } from '@nestjs/microservices';

import { ServiceBusHandler } from 'nestjs-service-bus';
import { FeedbackForm } from './dto/feedback-form.js';
import { type FeedbackResult } from './dto/feedback-result.js';
import { FeedbackFormService } from './feedback-form.service.js';

@Controller()
export class FeedbackFormController {
  constructor(private readonly feedback: FeedbackFormService) {}

  @ServiceBusHandler({
    pattern: 'feedback-form',
    queue: (get) => get(ConfigService).getOrThrow<string>('queues.feedback-form.inQueue'),
    replyTo: (get) => get(ConfigService).getOrThrow<string>('queues.feedback-form.outQueue'),
    allowReplyTo: false,
  })
  read(@Payload() form: FeedbackForm): Promise<FeedbackResult> {
    return this.feedback.read(form);
  }
}
