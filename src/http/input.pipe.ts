import {
  type ArgumentMetadata,
  BadRequestException,
  Injectable,
  type PipeTransform,
  type Type,
} from '@nestjs/common';

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
    if (metadata.type !== 'query') return this.forMessages.transform(value, metadata);
    const unseen = namesUnseen(value, metadata.metatype);
    if (unseen.length === 0) return this.forQueries.transform(value, metadata);
    return Promise.reject(
      new BadRequestException(unseen.map((name) => `property ${name} should not exist`).join('; ')),
    );
  }
}

/** class-transformer drops what is named like a member of an object's class, before anybody could refuse it. */
function namesUnseen(query: unknown, metatype: Type | undefined): string[] {
  if (typeof query !== 'object' || query === null) return [];
  const members = (metatype?.prototype ?? Object.prototype) as object;
  return Object.keys(query).filter((name) => name in members || name === 'prototype');
}
