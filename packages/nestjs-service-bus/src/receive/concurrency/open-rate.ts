import { type Binding } from '../../binding/binding.js';
import { nameBinding } from '../../binding/describe-binding.js';
import { rateKeyOf } from '../../binding/resolve-rate.js';
import { type BindingRuntime } from '../../message/binding-runtime.js';
import { type Rate } from './rate.js';
import { RateLimiter } from './rate-limiter.js';
import { RateStoreState } from '../health/rate-store-state.js';
import { SharedRate } from './shared-rate.js';

/** The rate of a binding, this process's or a shared one; undefined for a binding without. */
export function openRate(
  binding: Binding,
  { clock, logger, rateStore: store }: Pick<BindingRuntime, 'clock' | 'logger' | 'rateStore'>,
): Rate | undefined {
  const { rate } = binding;
  if (!rate) return undefined;
  if (rate.store === undefined) return new RateLimiter(rate, clock);
  if (!store) throw new Error(`${nameBinding(binding)}: nobody has looked for the store of its rate`);
  const alone = rate.fallbackPerSecond;
  const meanwhile =
    alone === undefined ? 'its messages wait' : `this process goes on with ${alone} per second`;
  const state = new RateStoreState(nameBinding(binding), meanwhile, clock, logger);
  return new SharedRate({ ...rate, store, key: rateKeyOf(binding) }, clock, state);
}
