import { type Outcome } from '../../model/queue/outcome.js';
import { type PropertyChanges, type PropertyValue } from '../../model/filter/values/property-value.js';
import { type ChosenOutcome } from './outgoing-transfer.js';

const REASON = 'DeadLetterReason';
const DESCRIPTION = 'DeadLetterErrorDescription';

/** What a delivery state means to Service Bus; a delivery that is settled without one counts as abandoned. */
export function readOutcome(chosen: ChosenOutcome | undefined): Outcome {
  switch (chosen?.constructor.composite_type) {
    case 'accepted':
      return { type: 'complete' };
    case 'rejected':
      return deadLetter(chosen?.error?.info ?? {});
    case 'modified':
      return {
        type: chosen?.undeliverable_here ? 'defer' : 'abandon',
        changes: toChanges(chosen?.message_annotations),
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
    changes: toChanges(rest),
  };
}

/** Properties to modify travel as annotations or error info, and become application properties. */
export function toChanges(
  properties: Record<string, unknown> | null | undefined,
): PropertyChanges | undefined {
  const entries = Object.entries(properties ?? {});
  if (entries.length === 0) return undefined;
  return { application: new Map(entries.map(([name, value]) => [name, toPropertyValue(value)])) };
}

function toPropertyValue(value: unknown): PropertyValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    case 'object':
      if (value instanceof Date || value instanceof Uint8Array || value === null) return value;
      return JSON.stringify(value);
    default:
      return null;
  }
}
