import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type Binding, type BindingOptions } from './binding.js';
import { isObjectPattern } from './pattern.js';
import { resolveBinding } from './resolve-binding.js';

/** All bindings that feature modules declare, and what is wrong with them. */
export class BindingRegistry {
  private readonly bindings = new Map<string, Binding>();
  private readonly wrong = new Set<string>();
  private readonly noted = new Set<string>();

  /** What was wrong so far, one line each: a start reports all of it together. */
  get problems(): string[] {
    return [...this.noted];
  }

  /** Throws a ServiceBusConfigurationError when the binding is wrong, or in another one's way. */
  add(pattern: string, options: BindingOptions): Binding {
    const binding = resolveBinding(pattern, options);
    if (this.bindings.has(pattern)) {
      throw new ServiceBusConfigurationError([`binding "${pattern}" is declared twice`]);
    }
    this.bindings.set(pattern, binding);
    return binding;
  }

  /** The same, but notes what is wrong, with what the caller has found besides. */
  declare(pattern: string, options: BindingOptions, problems: readonly string[] = []): void {
    this.note(problems);
    if (this.wrong.has(pattern)) this.note([`binding "${pattern}" is declared twice`]);
    try {
      this.add(pattern, options);
      if (problems.length > 0) this.wrong.add(pattern);
    } catch (error) {
      if (!(error instanceof ServiceBusConfigurationError)) throw error;
      this.wrong.add(pattern);
      this.note(error.problems);
    }
  }

  note(problems: readonly string[]): void {
    for (const problem of problems) this.noted.add(problem);
  }

  /** The declared binding of a pattern, or the one to the queue of the same name; undefined if there is none. */
  find(pattern: string): Binding | undefined {
    if (this.wrong.has(pattern)) return undefined;
    return this.bindings.get(pattern) ?? (isObjectPattern(pattern) ? undefined : resolveBinding(pattern, {}));
  }

  /** Whether a feature declares it, rightly or wrongly. */
  isDeclared(pattern: string): boolean {
    return this.bindings.has(pattern) || this.wrong.has(pattern);
  }

  /** The bindings that features declare, without those that are wrong beyond use. */
  declared(): Binding[] {
    return [...this.bindings.values()];
  }

  patterns(): string[] {
    return [...new Set([...this.bindings.keys(), ...this.wrong])];
  }
}
