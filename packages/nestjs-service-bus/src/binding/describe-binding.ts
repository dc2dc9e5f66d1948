import { type Binding } from './binding.js';
import { ofConnection } from './connection-name.js';

/** A binding and what it reads, for the log: `work (orders)`. */
export function nameBinding(
  { pattern, entityPath, connection }: Pick<Binding, 'pattern' | 'entityPath' | 'connection'>,
  more = '',
): string {
  return `${pattern} (${entityPath}${ofConnection(connection)}${more})`;
}

/** What a binding does, in one line for the log of the start. */
export function describeBinding(binding: Binding): string {
  const { pattern, connection, entityPath, replyTo, maxConcurrentCalls, adaptive, batch, rate } = binding;
  const replies = replyTo === undefined ? '' : `, replies to ${replyTo}`;
  const upTo = adaptive ? ` (auto, up to ${adaptive.max})` : '';
  const batches = batch ? `, in batches of up to ${batch.maxMessages}` : '';
  const atMost = rate ? `, at most ${rate.perSecond} per second${rate.store ? ', shared' : ''}` : '';
  return `${pattern}: receives from ${entityPath}${ofConnection(connection)}${replies}, ${maxConcurrentCalls} at once${upTo}${batches}${atMost}`;
}
