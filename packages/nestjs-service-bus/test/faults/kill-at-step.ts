import { CoalescingSender } from '../../src/send/coalescing-sender.js';
import { Delivery } from '../../src/delivery/delivery.js';

/** The steps of processing a message at which a worker can be killed. */
export type Step = 'before-send' | 'after-send' | 'before-complete';

/** Kills this process with SIGKILL when it reaches a step for the `n`th time. */
export function killAtStep(step: Step, n: number): void {
  let passed = 0;
  const pass = (at: Step): void => {
    if (at === step && ++passed === n) process.kill(process.pid, 'SIGKILL');
  };
  const { send } = CoalescingSender.prototype;
  CoalescingSender.prototype.send = async function (message) {
    pass('before-send');
    await send.call(this, message);
    pass('after-send');
  };
  const { trySettle } = Delivery.prototype;
  Delivery.prototype.trySettle = function (settlement) {
    if (settlement.kind === 'complete') pass('before-complete');
    return trySettle.call(this, settlement);
  };
}
