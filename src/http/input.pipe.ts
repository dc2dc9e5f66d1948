import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';

import { QuickValidationPipe } from 'nestjs-service-bus';

/**
 * Checks input by the decorators of its class. A query with a name that nobody knows is refused: it is a slip,
 * and the default it silently leaves in place could empty a queue. A message may carry more than is read here,
 * so that its senders can be ahead of its readers; what is not read is left out.
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
