import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type PayloadFormat, type WireOptions } from '../format/payload-format.js';
import { type Binding, type BindingOptions } from './binding.js';
import { contradictions, mergeOptions, type OptionsSource } from './declared-options.js';
import { type DeclaredDestination, type DeclaredEntity, type EntityOptions } from './entity-options.js';
import { isObjectPattern } from './pattern.js';
import { problemsOfBinding, resolveBinding } from './resolve-binding.js';

/** What a feature uses besides its binding. */
export interface UsedEntities {
  readonly senders: readonly UsedSender[];
  readonly receivers: readonly UsedReceiver[];
  readonly declared: readonly { readonly name: string; readonly options: DeclaredDestination }[];
}

/** A sender that is injected. */
export interface UsedSender {
  /** The name that `@InjectSender` takes. */
  readonly name: string;
  /** The queue or topic that it sends to. */
  readonly entity: string;
  /** Whether it has a connection string of its own. */
  readonly hasOwnKey: boolean;
}

/** A receiver that is injected. */
export interface UsedReceiver {
  /** A queue, or a topic and its subscription. */
  readonly path: readonly string[];
  /** Whether it has a connection string of its own. */
  readonly hasOwnKey: boolean;
}

/** The queue that answers to requests of contracts come to. */
export interface UsedReplyQueue {
  readonly name: string;
  readonly requiresSession: boolean;
  readonly options: DeclaredDestination;
}

/** What there is to know of a connection that is there. */
export interface Connected {
  /** Stands before the name of each entity: a developer's own ones, in a namespace that others use as well. */
  readonly prefix: string;
  /** The host of its namespace. */
  readonly namespace: string;
  /** Undefined where nothing is requested. */
  readonly replyQueue: UsedReplyQueue | undefined;
  /** What messages of its bindings look like, where these say nothing else. */
  readonly wire: WireOptions & { readonly strictFormats?: boolean | undefined };
}

/** What options are from that a feature module declares. */
const FEATURE = 'forFeature';

/** All bindings that feature modules and handlers declare, and what is wrong with them. */
export class BindingRegistry {
  private readonly bindings = new Map<string, Binding>();
  private readonly sources = new Map<string, readonly OptionsSource[]>();
  private readonly wrong = new Set<string>();
  private readonly noted = new Set<string>();
  private readonly used: { readonly connection: string | undefined; readonly entities: UsedEntities }[] = [];
  private readonly connected = new Map<string | undefined, Connected>();

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
    const declared = this.bindings.get(pattern);
    if (!declared && isObjectPattern(pattern)) return undefined;
    return this.complete(declared ?? resolveBinding(pattern, {}));
  }

  /** Whether a feature or a handler declares it, rightly or wrongly. */
  isDeclared(pattern: string): boolean {
    return this.bindings.has(pattern) || this.wrong.has(pattern);
  }

  /** The declared bindings, without those that are wrong beyond use. */
  declared(): Binding[] {
    return [...this.bindings.values()].map((binding) => this.complete(binding));
  }

  /** Where the options of a binding are set; nowhere, where all are left to their defaults. */
  sourcesOf(pattern: string): readonly OptionsSource[] {
    return this.sources.get(pattern) ?? [];
  }

  /** Takes note of what a feature uses of a connection besides its binding. */
  use(entities: UsedEntities, connection?: string): void {
    this.used.push({ connection, entities });
  }

  /** What features use of a connection besides their bindings, with the prefix. */
  usedEntities(connection?: string): UsedEntities {
    const used = this.used.filter((one) => one.connection === connection).map(({ entities }) => entities);
    const prefix = this.prefixOf(connection);
    return {
      senders: used.flatMap(({ senders }) =>
        senders.map((sender) => ({ ...sender, entity: prefix + sender.entity })),
      ),
      receivers: used.flatMap(({ receivers }) =>
        receivers.map(({ path: [entity = '', ...inner], hasOwnKey }) => ({
          path: [prefix + entity, ...inner],
          hasOwnKey,
        })),
      ),
      declared: used.flatMap(({ declared }) =>
        declared.map(({ name, options }) => ({
          name: prefix + name,
          options: prefixForwarding(options, prefix),
        })),
      ),
    };
  }

  /** Takes note of a connection that is there. */
  connect(connection: string | undefined, connected: Connected): void {
    this.connected.set(connection, connected);
  }

  /** Undefined for a connection that is not there. */
  connectionOf(connection: string | undefined): Connected | undefined {
    return this.connected.get(connection);
  }

  /** The names of the connections that are there; undefined for the one without. */
  get connections(): (string | undefined)[] {
    return [...this.connected.keys()];
  }

  /** The name of an entity as the namespace has it. */
  prefixed(name: string, connection?: string): string {
    return this.prefixOf(connection) + name;
  }

  /** The same for what forwards its messages. */
  prefixedOptions(options: DeclaredDestination, connection?: string): DeclaredDestination {
    return prefixForwarding(options, this.prefixOf(connection));
  }

  patterns(): string[] {
    return [...new Set([...this.bindings.keys(), ...this.wrong])];
  }

  /** What writes messages of a connection where nothing else is said; undefined for JSON. */
  formatOf(connection: string | undefined): PayloadFormat | undefined {
    return this.connected.get(connection)?.wire.formats?.[0];
  }

  /** Adds what the binding's connection says of all bindings. */
  private complete(binding: Binding): Binding {
    const { formats, compression, strictFormats } = this.connected.get(binding.connection)?.wire ?? {};
    const prefixed = this.withPrefix(binding);
    if (formats === undefined && compression === undefined && strictFormats === undefined) return prefixed;
    return {
      ...prefixed,
      formats: [...(binding.formats ?? []), ...(formats ?? [])],
      compression: binding.compression ?? compression,
      strictFormats: binding.strictFormats ?? strictFormats,
    };
  }

  private prefixOf(connection: string | undefined): string {
    return this.connected.get(connection)?.prefix ?? '';
  }

  private withPrefix(binding: Binding): Binding {
    const prefix = this.prefixOf(binding.connection);
    if (prefix === '') return binding;
    const { entity, entityPath, replyTo, declaredEntity, declaredReplyTo } = binding;
    return {
      ...binding,
      entity: prefix + entity,
      entityPath: prefix + entityPath,
      replyTo: replyTo === undefined ? undefined : prefix + replyTo,
      declaredEntity: prefixForwarding(declaredEntity, prefix),
      declaredReplyTo: prefixForwarding(declaredReplyTo, prefix),
    };
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

function prefixForwarding<Options extends DeclaredEntity<EntityOptions> | DeclaredDestination>(
  options: Options,
  prefix: string,
): Options {
  if (typeof options === 'string') return options;
  const entity: object & Pick<EntityOptions, 'forwardTo' | 'forwardDeadLettersTo'> = options;
  const { forwardTo, forwardDeadLettersTo } = entity;
  return {
    ...(options as object & Options),
    ...(forwardTo !== undefined && { forwardTo: prefix + forwardTo }),
    ...(forwardDeadLettersTo !== undefined && { forwardDeadLettersTo: prefix + forwardDeadLettersTo }),
  };
}
