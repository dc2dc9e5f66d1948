import {
  type ArgumentMetadata,
  type PipeTransform,
  type Type,
  type ValidationPipeOptions,
} from '@nestjs/common';

import { UnfitBatchException } from '../exceptions/batch.exception.js';
import { QuickValidationPipe } from './quick-validation.pipe.js';

/**
 * Validates each payload of a batch with class-validator: `@Payload(new ParseBatchPipe(Order)) orders: Order[]`.
 * Only messages with an invalid payload are dead-lettered (`ValidationFailed`); the handler gets the others. Takes
 * the ValidationPipe's options; the default is `{ transform: true }`.
 */
export class ParseBatchPipe implements PipeTransform<unknown, Promise<unknown[]>> {
  private readonly each: QuickValidationPipe;

  constructor(type: Type, options: ValidationPipeOptions = { transform: true }) {
    this.each = new QuickValidationPipe({ ...options, expectedType: type });
  }

  async transform(payloads: unknown, metadata: ArgumentMetadata): Promise<unknown[]> {
    if (!Array.isArray(payloads)) {
      throw new TypeError('ParseBatchPipe is for the payloads of a binding with the option batch');
    }
    const results = await Promise.allSettled<unknown>(
      payloads.map((payload): Promise<unknown> => this.each.transform(payload, metadata)),
    );
    const failures = new Map<number, unknown>();
    const values = results.map((result, index) => {
      if (result.status === 'fulfilled') return result.value;
      failures.set(index, result.reason);
      return undefined;
    });
    if (failures.size > 0) throw new UnfitBatchException(failures);
    return values;
  }
}
