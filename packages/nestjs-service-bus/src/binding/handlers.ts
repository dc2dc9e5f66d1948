import { type Type } from '@nestjs/common';
import { type ModulesContainer } from '@nestjs/core';

// What @MessagePattern and @EventPattern leave on a handler's method (@nestjs/microservices/constants).
const PATTERN_METADATA = 'microservices:pattern';
const KIND_METADATA = 'microservices:handler_type';
const TRANSPORT_METADATA = 'microservices:transport';
const EVENT_KIND = 2;

type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never;

/** A method of a controller that handles messages, of this transport or of another one. */
export interface ControllerHandler {
  readonly module: NestModule;
  readonly controller: Type;
  readonly method: string;
  /** `Class.method`. */
  readonly name: string;
  /** The method itself, with what decorators left on it. */
  readonly run: object;
  readonly patterns: readonly unknown[];
  readonly isEvent: boolean;
  /** The only transport that it is for; undefined for every one. */
  readonly transport: unknown;
}

/** The handlers of all controllers, in the order in which Nest registers them. */
export function* controllerHandlers(modules: ModulesContainer): Generator<ControllerHandler> {
  for (const module of modules.values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const controller = metatype as Type;
      for (const [method, run] of methodsOf(controller.prototype as object)) {
        const patterns: unknown = Reflect.getMetadata(PATTERN_METADATA, run);
        if (!Array.isArray(patterns)) continue;
        const isEvent = Reflect.getMetadata(KIND_METADATA, run) === EVENT_KIND;
        const transport: unknown = Reflect.getMetadata(TRANSPORT_METADATA, run);
        yield {
          module,
          controller,
          method,
          name: `${controller.name}.${method}`,
          run,
          patterns,
          isEvent,
          transport,
        };
      }
    }
  }
}

/** Whether a decorator has given the method a pattern already. */
export function hasPattern(method: object): boolean {
  return Reflect.hasMetadata(PATTERN_METADATA, method);
}

/** The names of all handlers by route. */
export function handlerNames(
  modules: ModulesContainer,
  toRoute: (pattern: unknown) => string,
): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { name, patterns } of controllerHandlers(modules)) {
    for (const pattern of patterns) {
      const route = toRoute(pattern);
      names.set(route, [...(names.get(route) ?? []), name]);
    }
  }
  return names;
}

function* methodsOf(prototype: object): Generator<[string, object]> {
  const seen = new Set<string>();
  for (let owner: object | null = prototype; owner && owner !== Object.prototype;) {
    for (const [method, property] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (seen.has(method) || typeof property.value !== 'function') continue;
      seen.add(method);
      yield [method, property.value as object];
    }
    owner = Object.getPrototypeOf(owner) as object | null;
  }
}
