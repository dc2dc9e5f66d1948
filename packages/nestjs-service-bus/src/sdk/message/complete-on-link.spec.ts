import { EventEmitter } from 'node:events';

import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { completeOnLink } from './complete-on-link.js';

class Link extends EventEmitter {
  isOpen = true;

  is_open(): boolean {
    return this.isOpen;
  }
}

class LinkDelivery {
  remote_settled = false;
  remote_state: object | undefined;
  accepted = 0;

  constructor(readonly link: Link | undefined) {}

  accept(): void {
    this.accepted += 1;
  }

  answer(state: object = {}, isSettled = true): void {
    this.remote_settled = isSettled;
    this.remote_state = state;
    this.link?.emit('settled', { delivery: this });
  }
}

const complete = (delivery: object): Promise<void> | undefined => {
  let isOnLink = false;
  const completion = new Promise<void>((resolve, reject) => {
    isOnLink = completeOnLink({ delivery } as unknown as ServiceBusReceivedMessage, resolve, reject);
  });
  return isOnLink ? completion : undefined;
};

describe('completeOnLink', () => {
  let link: Link;

  beforeEach(() => {
    jest.useFakeTimers();
    link = new Link();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('resolves with the answer for this delivery, and listens once to each link', async () => {
    const [first, second] = [new LinkDelivery(link), new LinkDelivery(link)];
    const ended: string[] = [];
    const both = [
      complete(first)?.then(() => ended.push('first')),
      complete(second)?.then(() => ended.push('second')),
    ];
    second.answer();
    await both[1];
    expect(ended).toEqual(['second']);
    first.answer();
    await both[0];
    expect([first.accepted, second.accepted, link.listenerCount('settled')]).toEqual([1, 1, 1]);
  });

  it.each([
    ['com.microsoft:message-lock-lost', 'MessageLockLost'],
    ['com.microsoft:session-lock-lost', 'SessionLockLost'],
    ['com.microsoft:server-busy', 'ServiceBusy'],
    ['amqp:internal-error', 'GeneralError'],
  ])('rejects with the refusal %s as %s', async (condition, code) => {
    const delivery = new LinkDelivery(link);
    const completion = complete(delivery);
    delivery.answer({ error: { condition, description: 'no' } });
    await expect(completion).rejects.toMatchObject({ name: 'ServiceBusError', code, message: 'no' });
  });

  it('does not believe what is said of a lock on a link that is closed meanwhile', async () => {
    const delivery = new LinkDelivery(link);
    const completion = complete(delivery);
    link.isOpen = false;
    delivery.answer({ error: { condition: 'com.microsoft:message-lock-lost' } });
    await expect(completion).rejects.toMatchObject({ name: 'LinkClosedError' });
  });

  it('takes a state that settles nothing for no answer', async () => {
    const delivery = new LinkDelivery(link);
    const completion = complete(delivery);
    delivery.answer({ error: { condition: 'amqp:internal-error' } }, false);
    delivery.answer();
    await completion;
  });

  it('gives up after a minute without an answer, each in its time, and leaves no timer behind', async () => {
    const [first, second] = [new LinkDelivery(link), new LinkDelivery(link)];
    const failed: string[] = [];
    const settle = (name: string, delivery: LinkDelivery): unknown =>
      complete(delivery)?.catch(({ code }: { code: string }) => failed.push(`${name} ${code}`));
    settle('first', first);
    await jest.advanceTimersByTimeAsync(30_000);
    settle('second', second);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(failed).toEqual(['first ServiceTimeout']);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(failed).toEqual(['first ServiceTimeout', 'second ServiceTimeout']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('leaves to the SDK what is settled, has no link, or an SDK that keeps its deliveries elsewhere', () => {
    const settled = new LinkDelivery(link);
    settled.remote_settled = true;
    const onClosed = new LinkDelivery(Object.assign(new Link(), { isOpen: false }));
    for (const delivery of [settled, onClosed, new LinkDelivery(undefined), {}]) {
      expect(complete(delivery)).toBeUndefined();
    }
    const nothing = (): void => undefined;
    expect(completeOnLink({} as ServiceBusReceivedMessage, nothing, nothing)).toBe(false);
  });
});
