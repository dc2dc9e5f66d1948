import { Module } from '@nestjs/common';

import { FeedbackFormController } from './feedback-form.controller.js';
import { FeedbackFormService } from './feedback-form.service.js';

/** Tells what feedback forms say, without who wrote them. */
@Module({ controllers: [FeedbackFormController], providers: [FeedbackFormService] })
export class FeedbackFormModule {}
