import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type Binding, type BindingOptions } from './binding.js';
import { contradictions, mergeOptions, type OptionsSource } from './declared-options.js';
import { isObjectPattern } from './pattern.js';
import { problemsOfBinding, resolveBinding } from './resolve-binding.js';

/** What options are from that a feature module declares. */
const FEATURE = 'forFeature';

/** All bindings that feature modules and handlers declare, and what is wrong with them. */
export class BindingRegistry {
  private readonly bindings = new Map<string, Binding>();
  private readonly sources = new Map<string, readonly OptionsSource[]>();
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
    this.sources.set(pattern, [{ from: FEATURE, options }]);
    return binding;
  }

  /** The same, but notes what is wrong, with what the caller has found besides. */
  declare(pattern: string, options: BindingOptions, problems: readonly string[] = []): void {
    this.note(problems);
    if (this.wrong.has(pattern)) this.note([`binding "${pattern}" is declared twice`]);
    this.attempt(pattern, () => {
      this.add(pattern, options);
      if (problems.length > 0) this.wrong.add(pattern);
    });
  }

  /** Adds what a handler says of its binding to what others say; notes what is wrong or contradicts them. */
  extend(pattern: string, from: string, options: BindingOptions): void {
    // Its line is in the notes; what its handlers add would only repeat it.
    if (this.wrong.has(pattern)) return;
    const sources = [...this.sourcesOf(pattern), { from, options }];
    this.attempt(pattern, () => {
      const problems = problemsOfBinding(pattern, contradictions(sources));
      if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
      this.bindings.set(pattern, resolveBinding(pattern, mergeOptions(sources)));
      this.sources.set(pattern, sources);
    });
  }

  note(problems: readonly string[]): void {
    for (const problem of problems) this.noted.add(problem);
  }

  /** The declared binding of a pattern, or the one to the queue of the same name; undefined if there is none. */
  find(pattern: string): Binding | undefined {
    if (this.wrong.has(pattern)) return undefined;
    return this.bindings.get(pattern) ?? (isObjectPattern(pattern) ? undefined : resolveBinding(pattern, {}));
  }

  /** Whether a feature or a handler declares it, rightly or wrongly. */
  isDeclared(pattern: string): boolean {
    return this.bindings.has(pattern) || this.wrong.has(pattern);
  }

  /** The declared bindings, without those that are wrong beyond use. */
  declared(): Binding[] {
    return [...this.bindings.values()];
  }

  /** Where the options of a binding are set; nowhere, where all are left to their defaults. */
  sourcesOf(pattern: string): readonly OptionsSource[] {
    return this.sources.get(pattern) ?? [];
  }

  patterns(): string[] {
    return [...new Set([...this.bindings.keys(), ...this.wrong])];
  }

  private attempt(pattern: string, declare: () => void): void {
    try {
      declare();
    } catch (error) {
      if (!(error instanceof ServiceBusConfigurationError)) throw error;
      this.wrong.add(pattern);
      this.note(error.problems);
    }
  }
}
