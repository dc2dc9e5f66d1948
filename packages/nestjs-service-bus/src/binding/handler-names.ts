import { type ModulesContainer } from '@nestjs/core';

// Where @MessagePattern and @EventPattern leave a handler's patterns (@nestjs/microservices/constants).
const PATTERN_METADATA = 'microservices:pattern';

/** The handlers of all controllers by route, as `Class.method`, in the order in which Nest registers them. */
export function handlerNames(
  modules: ModulesContainer,
  toRoute: (pattern: unknown) => string,
): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const module of modules.values()) {
    for (const controller of module.controllers.values()) {
      const { metatype } = controller;
      if (typeof metatype !== 'function') continue;
      for (const [method, patterns] of patternsOf(metatype.prototype as object)) {
        for (const pattern of patterns) {
          const route = toRoute(pattern);
          names.set(route, [...(names.get(route) ?? []), `${metatype.name}.${method}`]);
        }
      }
    }
  }
  return names;
}

function* patternsOf(prototype: object): Generator<[string, unknown[]]> {
  const seen = new Set<string>();
  for (let owner: object | null = prototype; owner && owner !== Object.prototype;) {
    for (const [method, property] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (seen.has(method) || typeof property.value !== 'function') continue;
      seen.add(method);
      const patterns: unknown = Reflect.getMetadata(PATTERN_METADATA, property.value as object);
      if (Array.isArray(patterns)) yield [method, patterns];
    }
    owner = Object.getPrototypeOf(owner) as object | null;
  }
}
