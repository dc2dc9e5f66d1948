import { ServiceBusError, type ServiceBusMessage, type ServiceBusMessageBatch } from '@azure/service-bus';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { InterruptedSendError, type SendingLink } from '../sdk/index.js';
import { CoalescingSender } from './coalescing-sender.js';
import { type Sendable } from './send-observer.js';

const MAX_MESSAGES = 5;

class Batch {
  readonly messages: ServiceBusMessage[] = [];

  tryAddMessage(message: ServiceBusMessage): boolean {
    if (this.messages.length === MAX_MESSAGES) return false;
    if (message.body === undefined) throw new TypeError('no body');
    this.messages.push(message);
    return true;
  }
}

interface Transfer {
  readonly bodies: string[];
  accept(): void;
  refuse(error: Error): void;
}

/** A link on which the test answers each transfer. */
class Link {
  readonly transfers: Transfer[] = [];
  answer?: (messages: readonly ServiceBusMessage[]) => Error | undefined;

  createBatch(): Promise<ServiceBusMessageBatch> {
    return Promise.resolve(new Batch() as unknown as ServiceBusMessageBatch);
  }

  transfer(sent: Sendable): Promise<void> {
    const messages = sent instanceof Batch ? sent.messages : [sent as ServiceBusMessage];
    return new Promise((accept, refuse) => {
      this.transfers.push({ bodies: messages.map(({ body }) => String(body)), accept, refuse });
      if (!this.answer) return;
      const error = this.answer(messages);
      if (error) refuse(error);
      else accept();
    });
  }

  get sent(): string[] {
    return this.transfers.map(({ bodies }) => bodies.join(' '));
  }
}

const refusal = (code: ServiceBusError['code'] = 'GeneralError'): Error =>
  new ServiceBusError('refused', code);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('CoalescingSender', () => {
  let link: Link;
  let sender: CoalescingSender;
  beforeEach(() => {
    link = new Link();
    sender = new CoalescingSender(link as unknown as SendingLink);
  });

  const send = (body: string, sessionId?: string): Promise<string> => {
    const sending = sender.send(sessionId === undefined ? { body } : { body, sessionId });
    return sending.then(
      () => 'accepted',
      () => 'refused',
    );
  };

  it('sends the messages of a turn together, whether or not earlier batches are answered', async () => {
    const first = [send('a'), send('b')];
    await turn();
    const second = [send('c'), send('d')];
    await turn();
    expect(link.sent).toEqual(['a b', 'c d']);
    link.transfers[1]?.accept();
    expect(await Promise.all(second)).toEqual(['accepted', 'accepted']);
    link.transfers[0]?.accept();
    expect(await Promise.all(first)).toEqual(['accepted', 'accepted']);
  });

  describe('when messages become pointless before they leave', () => {
    const sending = (body: string, isInterrupted = { isInterrupted: false }): Promise<string> =>
      sender.send({ body, sessionId: body.at(0) }, undefined, isInterrupted).then(
        () => 'accepted',
        (error: Error) => error.name,
      );

    it('sends the others', async () => {
      link.answer = () => undefined;
      const gone = { isInterrupted: true };
      const ends = await Promise.all([sending('a', gone), sending('b'), sending('c', gone), sending('d')]);
      expect(ends).toEqual(['InterruptedSendError', 'accepted', 'InterruptedSendError', 'accepted']);
      expect(link.sent).toEqual(['b d']);
    });

    it('sends the others of a batch that waited for a link, and those behind them', async () => {
      const lost = { isInterrupted: false };
      const first = [sending('a1'), sending('b1', lost), sending('c1')];
      await turn();
      const second = [sending('b2')];
      lost.isInterrupted = true;
      link.answer = () => undefined;
      link.transfers[0]?.refuse(new InterruptedSendError());
      expect(await Promise.all(first)).toEqual(['accepted', 'InterruptedSendError', 'accepted']);
      expect(await Promise.all(second)).toEqual(['accepted']);
      expect(link.sent).toEqual(['a1 b1 c1', 'a1 c1 b2']);
    });
  });

  it('sends more than one batch takes in several, in order', async () => {
    for (let index = 0; index < 12; index++) void send(String(index));
    await turn();
    expect(link.sent).toEqual(['0 1 2 3 4', '5 6 7 8 9', '10 11']);
  });

  it('gathers larger batches while as many as may be are on their way', async () => {
    for (let index = 0; index < 40; index++) {
      void send(String(index));
      await turn();
    }
    expect(link.transfers).toHaveLength(32);
    link.transfers[0]?.accept();
    await turn();
    expect(link.sent.slice(32)).toEqual(['32 33 34 35 36']);
  });

  it('holds back a session’s messages until the earlier ones are answered, and nobody else’s', async () => {
    void send('a1', 'a');
    void send('b1', 'b');
    await turn();
    void send('a2', 'a');
    void send('c1', 'c');
    void send('a3', 'a');
    await turn();
    expect(link.sent).toEqual(['a1 b1', 'c1']);
    link.transfers[0]?.accept();
    await turn();
    expect(link.sent).toEqual(['a1 b1', 'c1', 'a2 a3']);
  });

  it('keeps a session’s order also when its messages are sent again', async () => {
    const sends = [send('a1', 'a'), send('b1', 'b')];
    await turn();
    sends.push(send('a2', 'a'));
    await turn();
    link.transfers[0]?.refuse(refusal());
    await turn();
    expect(link.sent).toEqual(['a1 b1', 'a1 a2', 'b1']);
    for (const transfer of link.transfers.slice(1)) transfer.accept();
    expect(await Promise.all(sends)).toEqual(['accepted', 'accepted', 'accepted']);
  });

  it('lets a message overtake its session where its caller does not mind', async () => {
    void send('a1', 'a');
    await turn();
    void sender.send({ body: 'a2', sessionId: 'a' }, { mayOvertake: true });
    await turn();
    expect(link.sent).toEqual(['a1', 'a2']);
  });

  it('fails what waits behind a failed message of its order, and nobody else', async () => {
    const ordered = (body: string, order = 'o'): Promise<string> =>
      sender.send({ body }, { order }).then(
        () => 'accepted',
        (error: Error) => error.name,
      );
    const sends = ['1', '2', '3', '4', '5', '6', '7'].map((body) => ordered(body));
    const other = ordered('x', 'p');
    await turn();
    expect(link.sent).toEqual(['1 2 3 4 5', 'x']);
    link.transfers[0]?.refuse(refusal('ServiceBusy'));
    link.transfers[1]?.accept();
    expect(await Promise.all(sends)).toEqual([
      ...Array<string>(5).fill('ServiceBusError'),
      ...Array<string>(2).fill('PredecessorFailedError'),
    ]);
    expect(await other).toBe('accepted');
    link.answer = () => undefined;
    expect(await ordered('8')).toBe('accepted');
    expect(link.sent).toEqual(['1 2 3 4 5', 'x', '8']);
    await sender.idle();
  });

  it('fails what comes after the faulty message of its order, and accepts what came before', async () => {
    link.answer = (messages) => (messages.some(({ body }) => body === 'bad') ? refusal() : undefined);
    const ends = ['a', 'bad', 'b'].map((body) =>
      sender.send({ body }, { order: 'o' }).then(
        () => 'accepted',
        (error: Error) => error.name,
      ),
    );
    expect(await Promise.all(ends)).toEqual(['accepted', 'ServiceBusError', 'PredecessorFailedError']);
    const unsendable = sender.send({ body: undefined }, { order: 'o' }).catch(() => 'refused');
    const behind = sender.send({ body: 'c' }, { order: 'o' }).catch((error: Error) => error.name);
    expect(await Promise.all([unsendable, behind, send('d')])).toEqual([
      'refused',
      'PredecessorFailedError',
      'accepted',
    ]);
    await sender.idle();
  });

  it('lets only the faulty message of a refused batch fail', async () => {
    link.answer = (messages) => (messages.some(({ body }) => body === 'bad') ? refusal() : undefined);
    expect(await Promise.all(['a', 'bad', 'b'].map((body) => send(body)))).toEqual([
      'accepted',
      'refused',
      'accepted',
    ]);
  });

  it('sends again nothing that the broker refused for another reason than a message', async () => {
    const sends = [send('a'), send('b')];
    await turn();
    link.transfers[0]?.refuse(refusal('ServiceBusy'));
    expect(await Promise.all(sends)).toEqual(['refused', 'refused']);
    expect(link.sent).toEqual(['a b']);
  });

  it('lets only the message fail that cannot be encoded', async () => {
    link.answer = () => undefined;
    const sends = [send('a'), sender.send({ body: undefined }).catch(() => 'refused'), send('b')];
    expect(await Promise.all(sends)).toEqual(['accepted', 'refused', 'accepted']);
  });

  it('lets a session go on whose message cannot be encoded, also where others travel without it', async () => {
    link.answer = () => undefined;
    const faulty = sender.send({ body: undefined, sessionId: 's' }).catch(() => 'refused');
    expect(await Promise.all([faulty, send('a'), send('b')])).toEqual(['refused', 'accepted', 'accepted']);
    expect(await send('c', 's')).toBe('accepted');
    await sender.idle();
  });

  it('learns that an entity takes no mixed sessions, and from then on sends each by itself', async () => {
    link.answer = (messages) =>
      new Set(messages.map(({ sessionId }) => sessionId)).size > 1 ? refusal() : undefined;
    const mixed = (): Promise<string[]> =>
      Promise.all([send('a1', 'a'), send('b1', 'b'), send('a2', 'a'), send('b2', 'b')]);
    expect(new Set(await mixed())).toEqual(new Set(['accepted']));
    expect(link.sent).toEqual(['a1 b1 a2 b2', 'a1 a2', 'b1 b2']);
    expect(new Set(await mixed())).toEqual(new Set(['accepted']));
    expect(link.sent.slice(3)).toEqual(['a1 a2', 'b1 b2']);
  });

  it('sends an array of its own after earlier sends and before later ones', async () => {
    void send('a');
    void sender.sendAlone({ body: 'alone' });
    void send('b');
    await turn();
    expect(link.sent).toEqual(['a', 'alone', 'b']);
  });

  it('is idle once all is answered', async () => {
    await sender.idle();
    void send('a');
    let isIdle = false;
    const idle = sender.idle().then(() => (isIdle = true));
    await turn();
    expect(isIdle).toBe(false);
    link.transfers[0]?.accept();
    await idle;
  });
});
