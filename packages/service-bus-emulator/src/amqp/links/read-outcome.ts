import { type Outcome } from '../../model/queue/outcome.js';
import { toPropertyChanges } from '../property-changes.js';
import { type ChosenOutcome } from './outgoing-transfer.js';

const REASON = 'DeadLetterReason';
const DESCRIPTION = 'DeadLetterErrorDescription';

/** Translates a delivery state to an outcome; a delivery settled without a state counts as abandoned. */
export function readOutcome(chosen: ChosenOutcome | undefined): Outcome {
  switch (chosen?.constructor.composite_type) {
    case 'accepted':
      return { type: 'complete' };
    case 'rejected':
      return deadLetter(chosen?.error?.info ?? {});
    case 'modified':
      return {
        type: chosen?.undeliverable_here ? 'defer' : 'abandon',
        changes: toPropertyChanges(chosen?.message_annotations),
      };
    default:
      return { type: 'abandon' };
  }
}

function deadLetter(info: Record<string, unknown>): Outcome {
  const { [REASON]: reason, [DESCRIPTION]: description, ...rest } = info;
  return {
    type: 'dead-letter',
    ...(typeof reason === 'string' && { reason }),
    ...(typeof description === 'string' && { description }),
    changes: toPropertyChanges(rest),
  };
}
