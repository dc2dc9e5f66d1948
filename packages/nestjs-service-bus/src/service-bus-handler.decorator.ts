import { MessagePattern } from '@nestjs/microservices';

import { declareAtHandler, type DeclaredBindingOptions } from './binding/handler-declaration.js';
import { hasPattern } from './binding/handlers.js';
import { bindingName, type BindingPattern, patternFor } from './binding/pattern.js';
import { EventPattern } from './event-pattern.decorator.js';
import { SERVICE_BUS_TRANSPORT } from './binding/service-bus-transport.js';

/** Options of `@ServiceBusHandler`: those of a binding, and which of its messages the handler takes. */
export interface ServiceBusHandlerOptions extends DeclaredBindingOptions {
  /**
   * Names the binding, for log lines, health, and requests of `ServiceBusClientProxy`. Default: the pattern that
   * `@MessagePattern` or `@EventPattern` gives the method, else the queue's name, `topic/subscription`, or, where those
   * come from providers, `Class.method`; the name of a connection stands before it: `reports:orders`.
   */
  readonly pattern?: BindingPattern;
  /** The handler takes messages of this subject only: several handlers read one entity. Default: any. */
  readonly subject?: string;
}

/** Options of `@ServiceBusEventHandler`. */
export type ServiceBusEventHandlerOptions = Omit<
  ServiceBusHandlerOptions,
  'replyTo' | 'replyToConnectionString' | 'allowReplyTo'
>;

/**
 * Makes a controller's method the handler of a queue or of a topic's subscription, and says how they are read. What it
 * returns goes to the message's `replyTo`, or else to the binding's. Beside `forFeature` or another handler's decorator
 * for the same binding, each may say a part of the options.
 */
export function ServiceBusHandler(options: ServiceBusHandlerOptions = {}): MethodDecorator {
  return declaring('ServiceBusHandler', options, (pattern) => MessagePattern(pattern, SERVICE_BUS_TRANSPORT));
}

/** The same for a handler whose result goes nowhere. */
export function ServiceBusEventHandler(options: ServiceBusEventHandlerOptions = {}): MethodDecorator {
  return declaring('ServiceBusEventHandler', options, (pattern) =>
    EventPattern(pattern, SERVICE_BUS_TRANSPORT),
  );
}

type HandlersPattern = string | Readonly<Record<string, unknown>>;

function declaring(
  by: string,
  { pattern, subject, ...options }: ServiceBusHandlerOptions,
  nestPattern: (pattern: HandlersPattern) => MethodDecorator,
): MethodDecorator {
  return (target, key, descriptor) => {
    const method = descriptor.value as object;
    declareAtHandler(method, { by, options });
    // Another decorator's pattern stays: this one then only says how its binding is read.
    if (hasPattern(method) && pattern === undefined && subject === undefined) return;
    const name = pattern ?? nameOf(options) ?? `${target.constructor.name}.${String(key)}`;
    const handlers = subject === undefined ? name : { binding: bindingName(name), subject };
    nestPattern(handlers)(target, key, descriptor);
  };
}

function nameOf({ queue, topic, subscription, connection }: DeclaredBindingOptions): string | undefined {
  if (typeof queue === 'string') return patternFor(queue, connection);
  return typeof topic === 'string' && typeof subscription === 'string'
    ? patternFor(`${topic}/${subscription}`, connection)
    : undefined;
}
