import { type Binding } from '../binding/binding.js';
import { connectionName } from '../binding/connection-name.js';
import { BindingNotFoundError } from '../binding/binding-not-found.error.js';
import { type HeldDeadLetter, type RedriveOutcome } from '../receive/redrive/redrive.js';
import { type BindingConsumer } from './open-consumer.js';

/** What is told of a binding whose option `paused` is set. */
const BY_OPTION = 'its option paused is set';

/** What is asked of the bindings of a server while it runs. What is asked for before the start is done at the start. */
export class BindingControl {
  /** Of bindings that have no consumer yet: why they are to be paused, or that they are not. */
  private readonly early = new Map<string, { readonly reason?: string | undefined } | 'not'>();

  constructor(
    private readonly consumers: readonly BindingConsumer[],
    /** The bindings, also before they have consumers. */
    private readonly bindings: () => readonly Binding[],
  ) {}

  /** Starts a consumer, which receives at once unless it is to be paused. */
  start(consumer: BindingConsumer): void {
    const { pattern, paused } = consumer.binding;
    const early = this.early.get(pattern) ?? (paused ? { reason: BY_OPTION } : 'not');
    if (early !== 'not') void consumer.pause(early.reason);
    consumer.start();
  }

  /** Throws a BindingNotFoundError. */
  async pause(pattern: string, reason?: string): Promise<void> {
    const consumer = this.find(pattern);
    if (consumer) await consumer.pause(reason);
    else this.early.set(pattern, { reason });
  }

  /** Throws a BindingNotFoundError. */
  resume(pattern: string): void {
    const consumer = this.find(pattern);
    if (consumer) consumer.resume();
    else this.early.set(pattern, 'not');
  }

  /** Has a dead letter of an entity handled; throws an Error if no binding reads the entity. */
  redrive(entity: string, deadLetter: HeldDeadLetter, connection?: string): Promise<RedriveOutcome> {
    const path = entity.toLowerCase();
    const name = connectionName(connection);
    const consumer = this.consumers.find(
      ({ binding }) => binding.connection === name && binding.entityPath.toLowerCase() === path,
    );
    if (!consumer) throw new Error(`no binding of this process reads ${entity}`);
    return consumer.redrive(deadLetter);
  }

  /** Undefined for a binding that has not started. */
  private find(pattern: string): BindingConsumer | undefined {
    const consumer = this.consumers.find(({ binding }) => binding.pattern === pattern);
    if (consumer) return consumer;
    const patterns = this.bindings().map((binding) => binding.pattern);
    if (!patterns.includes(pattern)) throw new BindingNotFoundError(pattern, patterns);
    return undefined;
  }
}
