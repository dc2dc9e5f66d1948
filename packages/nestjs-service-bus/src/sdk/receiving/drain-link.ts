import { type RheaReceiver } from '../fast-lane/rhea-link.js';

/**
 * Asks the broker to send what it has for a link, and to give the rest of the credit back [AMQP 2.6.7]. Returns the
 * credit that came back, and undefined when there is no answer in time. An answer proves that the link is served, and
 * that no message was there for it; what peeks show is in other hands then. An answer that comes after all is told to
 * `answeredLate`.
 *
 * Nobody may grant credit meanwhile, nor ask again before the answer has come.
 */
export function drainLink(
  link: RheaReceiver,
  timeoutMs: number,
  answeredLate: (returned: number) => void,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    let credit = 0;
    let isLate = false;
    // rhea tells of the answer twice: before it takes the credit back, and after.
    const answering = (): void => {
      credit = link.credit;
    };
    const drained = (): void => {
      clearTimeout(timer);
      link.removeListener('receiver_flow', answering);
      link.removeListener('receiver_drained', drained);
      link.drain = false;
      if (isLate) answeredLate(credit);
      else resolve(credit);
    };
    const giveUp = (): void => {
      isLate = true;
      // The link may serve on: with the next credit rhea would ask the same once more.
      link.drain = false;
      resolve(undefined);
    };
    const timer = setTimeout(giveUp, timeoutMs).unref();
    link.on('receiver_flow', answering);
    link.on('receiver_drained', drained);
    link.drain_credit();
  });
}
