import { type MessagePath } from '../../runtime/message-path.js';
import { BatchTurns } from './batch-turns.js';
import { type Capacity } from './capacity.js';
import { SingleTurns, type Turns } from './turns.js';

/** Turns as the binding has them: one message at a time, or batches. */
export function openTurns(capacity: Capacity, path: MessagePath): Turns {
  const { batch } = path.binding;
  return batch ? new BatchTurns(capacity, batch, path) : new SingleTurns(capacity, path);
}
