import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';

import { QuickValidationPipe } from 'nestjs-service-bus';

/**
 * Validates input by the decorators of its class. A query with an unknown parameter is refused: it is a mistake, and
 * the default that would apply instead could empty a queue. A message may have properties that are unknown here, so
 * that senders can be newer than receivers; they are left out.
 */
@Injectable()
export class InputPipe implements PipeTransform {
  private readonly forQueries = new QuickValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
  });
  private readonly forMessages = new QuickValidationPipe({ transform: true, whitelist: true });

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const pipe = metadata.type === 'query' ? this.forQueries : this.forMessages;
    return pipe.transform(value, metadata);
  }
}
