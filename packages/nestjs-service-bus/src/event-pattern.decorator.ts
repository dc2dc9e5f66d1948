import { EventPattern as NestEventPattern, type Transport } from '@nestjs/microservices';

/**
 * Nest's `@EventPattern`, for methods of any shape: Nest 12 types its own so that `@EventPattern('orders')` does not
 * compile above a method with a typed `@Ctx() context: ServiceBusContext`, or with no parameter at all.
 */
export const EventPattern: {
  (pattern: string | Readonly<Record<string, unknown>>, extras?: Record<string, unknown>): MethodDecorator;
  (
    pattern: string | Readonly<Record<string, unknown>>,
    transport: Transport | symbol,
    extras?: Record<string, unknown>,
  ): MethodDecorator;
} = NestEventPattern;
