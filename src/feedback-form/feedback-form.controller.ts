import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';

import { FeedbackForm } from './dto/feedback-form.js';
import { type FeedbackResult } from './dto/feedback-result.js';
import { FeedbackFormService } from './feedback-form.service.js';

@Controller()
export class FeedbackFormController {
  constructor(private readonly feedback: FeedbackFormService) {}

  @MessagePattern('feedback-form')
  read(@Payload() form: FeedbackForm): Promise<FeedbackResult> {
    return this.feedback.read(form);
  }
}
