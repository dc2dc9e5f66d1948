import { type RheaReceiver } from '../fast-lane/rhea-link.js';

/**
 * Asks the broker to send what it has for a link, and to give the rest of the credit back [AMQP 2.6.7]. Returns the
 * credit that came back, and undefined when there is no answer in time: the broker does not serve the link any more.
 * An answer proves that it does, and that no message was there for it; what peeks show is in other hands then.
 *
 * Nobody may grant credit meanwhile.
 */
export function drainLink(link: RheaReceiver, timeoutMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    let credit = 0;
    // rhea tells of the answer twice: before it takes the credit back, and after.
    const answering = (): void => {
      credit = link.credit;
    };
    const end = (returned: number | undefined): void => {
      clearTimeout(timer);
      link.removeListener('receiver_flow', answering);
      link.removeListener('receiver_drained', drained);
      resolve(returned);
    };
    const drained = (): void => {
      link.drain = false;
      end(credit);
    };
    const timer = setTimeout(() => end(undefined), timeoutMs).unref();
    link.on('receiver_flow', answering);
    link.on('receiver_drained', drained);
    link.drain_credit();
  });
}
