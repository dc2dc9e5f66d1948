import { CompletedMessages } from '../message/completed-messages.js';
import { type BindingRuntime } from '../message/binding-runtime.js';
import { OutputGates } from '../reply/output-gates.js';

/** What the server provides for a binding. */
export type BindingParts = Omit<BindingRuntime, 'attempt' | 'outputs' | 'completed'>;

/** Completes a binding's runtime with the state that all its messages share, with or without sessions. */
export function openBindingRuntime(parts: BindingParts): BindingRuntime {
  const { binding, clock, logger } = parts;
  const outputs = new OutputGates(binding.replyTo, clock, (destination, error) => {
    const cause = error instanceof Error ? error.message : String(error);
    logger.error(`${binding.pattern}: ${destination} takes no messages, keeps trying: ${cause}`);
  });
  return { ...parts, attempt: parts.invoke, outputs, completed: new CompletedMessages() };
}
