import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type Binding, type BindingOptions } from './binding.js';
import { resolveBinding } from './resolve-binding.js';

/** All bindings that feature modules declare. */
export class BindingRegistry {
  private readonly bindings = new Map<string, Binding>();

  /** Throws a ServiceBusConfigurationError when the binding is wrong, or in another one's way. */
  add(pattern: string, options: BindingOptions): Binding {
    const binding = resolveBinding(pattern, options);
    if (this.bindings.has(pattern)) {
      throw new ServiceBusConfigurationError([`binding "${pattern}" is declared twice`]);
    }
    this.bindings.set(pattern, binding);
    return binding;
  }

  /** The declared binding of a pattern, or the one to the queue of the same name. */
  get(pattern: string): Binding {
    return this.bindings.get(pattern) ?? resolveBinding(pattern, {});
  }

  patterns(): string[] {
    return [...this.bindings.keys()];
  }
}
