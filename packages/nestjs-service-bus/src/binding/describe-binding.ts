import { type Binding } from './binding.js';

/** What a binding does, in one line for the log of the start. */
export function describeBinding(binding: Binding): string {
  const { pattern, entityPath, replyTo, maxConcurrentCalls, adaptive, batch } = binding;
  const replies = replyTo === undefined ? '' : `, replies to ${replyTo}`;
  const upTo = adaptive ? ` (auto, up to ${adaptive.max})` : '';
  const batches = batch ? `, in batches of up to ${batch.maxMessages}` : '';
  return `${pattern}: receives from ${entityPath}${replies}, ${maxConcurrentCalls} at once${upTo}${batches}`;
}
