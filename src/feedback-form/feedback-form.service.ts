import { Injectable } from '@nestjs/common';

import { type FeedbackForm } from './dto/feedback-form.js';
import { type FeedbackResult } from './dto/feedback-result.js';
import { findPersonalData, nameParts } from './find-personal-data.js';
import { loadLanguageModel } from './language-model.js';
import { readComment } from './read-comment.js';

/** Reads feedback forms: the comment in English, the rest in any language. */
@Injectable()
export class FeedbackFormService {
  /** What is worth knowing of a form; the writer's name and address are left behind. */
  async read({ name, rating, comment }: FeedbackForm): Promise<FeedbackResult> {
    const model = await loadLanguageModel();
    const privateWords = new Set(nameParts(name).map((part) => part.toLowerCase()));
    return {
      rating,
      ...readComment(comment, model, privateWords),
      containsPersonalData: findPersonalData(comment, name).length > 0,
    };
  }
}
