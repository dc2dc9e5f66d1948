import { countingOf } from '../delivery/attempts.js';
import { wireOf } from '../format/wire.js';
import { CompletedMessages } from '../message/completed-messages.js';
import { type BindingRuntime } from '../message/binding-runtime.js';
import { OutputGates } from '../reply/output-gates.js';
import { ReplyPolicy } from '../reply/reply-policy.js';

/** Of destinations that messages name, one that takes nothing is told of in this time. */
const FOREIGN_SILENT_MS = 60_000;

/** What the server provides for a binding. */
export type BindingParts = Omit<
  BindingRuntime,
  'attempt' | 'reads' | 'counting' | 'outputs' | 'replyPolicy' | 'completed'
>;

/** Completes a binding's runtime with the state that all its messages share, with or without sessions. */
export function openBindingRuntime(parts: BindingParts): BindingRuntime {
  const { binding, routes, clock, logger } = parts;
  let foreignToldAtMs = -Infinity;
  const outputs = new OutputGates(binding.replyTo, clock, (destination, error) => {
    if (destination !== binding.replyTo) {
      // Messages name any number of them: one line stands for all.
      if (clock.now() - foreignToldAtMs < FOREIGN_SILENT_MS) return;
      foreignToldAtMs = clock.now();
    }
    const cause = error instanceof Error ? error.message : String(error);
    logger.error(`${binding.pattern}: ${destination} takes no messages, keeps trying: ${cause}`);
  });
  const replyPolicy = new ReplyPolicy(binding, clock, (destination) => {
    const instead = binding.replyTo === undefined ? 'nowhere' : `to ${binding.replyTo}`;
    logger.warn(
      `${binding.pattern}: messages name a replyTo that allowReplyTo does not allow, ${destination} for one: ` +
        `their results go ${instead}`,
    );
  });
  return {
    ...parts,
    attempt: parts.invoke,
    reads: binding.decode ? wireOf([...routes.wires(), binding], binding.strictFormats) : undefined,
    counting: countingOf(binding),
    outputs,
    replyPolicy,
    completed: new CompletedMessages(),
  };
}
