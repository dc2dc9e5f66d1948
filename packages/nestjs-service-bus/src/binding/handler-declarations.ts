import { Injectable } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';

import { type BindingOptions } from './binding.js';
import { BindingRegistry } from './binding-registry.js';
import {
  type DeclaredBindingOptions,
  declarationsOf,
  NAMES,
  type NameSource,
  type ProviderLookup,
} from './handler-declaration.js';
import { type ControllerHandler, controllerHandlers } from './handlers.js';
import { bindingName, parsePattern } from './pattern.js';
import { problemsOfBinding } from './resolve-binding.js';
import { describeError } from '../exceptions/describe-error.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { SERVICE_BUS_TRANSPORT } from './service-bus-transport.js';

/** Brings what decorators say at the handlers to the bindings of the feature modules. */
@Injectable()
export class HandlerDeclarations {
  private isDone = false;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly bindings: BindingRegistry,
    private readonly moduleRef: ModuleRef,
  ) {}

  /**
   * Notes with the registry what handlers declare, once. All providers must have been made: names may come from them.
   * That is why nothing of it can happen while Nest makes the application's providers.
   */
  declare(): void {
    if (this.isDone) return;
    this.isDone = true;
    for (const handler of controllerHandlers(this.modules)) {
      if (handler.transport !== undefined && handler.transport !== SERVICE_BUS_TRANSPORT) continue;
      for (const { options } of declarationsOf(handler.run)) this.declareOne(handler, options);
    }
  }

  private declareOne(handler: ControllerHandler, options: DeclaredBindingOptions): void {
    for (const pattern of handler.patterns) {
      try {
        const { binding } = parsePattern(pattern);
        this.bindings.extend(bindingName(binding), handler.name, this.resolve(handler, options));
      } catch (error) {
        if (!(error instanceof ServiceBusConfigurationError)) throw error;
        this.bindings.note(error.problems);
      }
    }
  }

  private resolve(handler: ControllerHandler, options: DeclaredBindingOptions): BindingOptions {
    const resolved: Record<string, unknown> = { ...options };
    const problems: string[] = [];
    for (const name of NAMES) {
      const source = options[name];
      if (source === undefined || typeof source === 'string') continue;
      try {
        const value = read(source, this.lookupOf(handler));
        if (typeof value === 'string') resolved[name] = value;
        else
          problems.push(`${name} comes as ${describeKind(value)}, and must be a string: ${remedyFor(value)}`);
      } catch (error) {
        problems.push(`${name} cannot be had: ${describeError(error)}`);
      }
    }
    if (problems.length > 0)
      throw new ServiceBusConfigurationError(problemsOfBinding(handler.name, problems));
    return resolved;
  }

  private lookupOf({ module }: ControllerHandler): ProviderLookup {
    return <Instance>(token: Parameters<ProviderLookup>[0]) => {
      // The handler's own module knows best; `get` of the whole application takes any module's.
      const own = module.providers.get(token as string);
      if (own?.isDependencyTreeStatic() === true) return own.instance as Instance;
      return this.moduleRef.get<unknown, Instance>(token, { strict: false });
    };
  }
}

function read(source: Exclude<NameSource, string>, get: ProviderLookup): unknown {
  return typeof source === 'function' ? source(get) : get(source.token);
}

function describeKind(value: unknown): string {
  return value instanceof Promise ? 'a promise' : value === null ? 'null' : typeof value;
}

function remedyFor(value: unknown): string {
  if (!(value instanceof Promise)) return 'give it a value, or a default';
  return 'a name to wait for belongs into ServiceBusModule.forFeatureAsync({ pattern, useFactory })';
}
