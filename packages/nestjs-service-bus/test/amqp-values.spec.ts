import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { Desk, type DeskMessage } from 'service-bus-desk';

import { AmqpClient } from '../../service-bus-emulator/test/support/amqp-client.js';
import { until } from '../../../test/support/until.js';
import {
  DeadLetterException,
  getSenderToken,
  RetryException,
  ServiceBusClientProxy,
  type ServiceBusContext,
  ServiceBusModule,
  type ServiceBusSender,
} from '../src/index.js';
import { AMQP_BODIES, type AmqpBody, propertiesSection } from './support/amqp-bodies.js';
import { BATCH_HANDLER, BatchController } from './support/batch-controller.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';

/** Those that JavaScript has fewer types for than AMQP: only the bytes that came tell them apart. */
const TYPED = AMQP_BODIES.filter(({ body, undecoded }) => undecoded === undefined && body.length > 0);

/** What was got, by the kind of the body: the id of a message is its place in the list. */
class Received {
  private readonly payloads = new Map<string, unknown>();

  readonly take = (payload: unknown, { messageId }: ServiceBusContext['message']): void =>
    void this.payloads.set(String(messageId), payload);

  list(bodies: readonly AmqpBody[]): unknown[] {
    return bodies.map(({ what }, at) => {
      return [what, this.payloads.has(`m${at}`) ? this.payloads.get(`m${at}`) : 'nothing'];
    });
  }
}
const expected = (bodies: readonly AmqpBody[]): unknown[] =>
  bodies.map(({ what, payload }) => [what, payload]);

describe.each([true, false])('what other languages send (fast lane: %s)', (fastLane) => {
  const scene = serviceBusScene({
    entities: { queues: [{ name: 'work', maxDeliveryCount: 50 }, 'out', 'replies'] },
  });
  let foreigner: AmqpClient;
  beforeEach(async () => {
    foreigner = await AmqpClient.connect(scene.emulator.port, {
      username: 'RootManageSharedAccessKey',
      password: 'SAS_KEY_VALUE',
    });
  });
  afterEach(() => foreigner.close());

  async function send(queue: string, ...messages: readonly Buffer[]): Promise<void> {
    const link = await foreigner.sender(queue);
    link.setMaxListeners(0);
    for (const message of messages) expect(await foreigner.send(link, message)).toBe('accepted');
    link.close();
  }
  const sendAll = (bodies: readonly AmqpBody[]): Promise<void> => {
    const messages = bodies.map(({ body }, at) => [propertiesSection({ messageId: `m${at}` }), body]);
    return send('work', ...messages.map((parts) => Buffer.concat(parts)));
  };

  it('comes to handlers as what it is', async () => {
    const received = new Received();
    await scene.startWork((payload, { message }) => received.take(payload, message), {}, { fastLane });
    await sendAll(AMQP_BODIES);
    await until(() => scene.left('work') === 0);
    expect(received.list(AMQP_BODIES)).toEqual(expected(AMQP_BODIES));
    expect(scene.left('work/$DeadLetterQueue')).toBe(0);
  });

  it('comes to batch handlers, which may take it undecoded', async () => {
    const got: unknown[] = [];
    const app = await scene.startApp({
      controllers: [BatchController],
      providers: [{ provide: BATCH_HANDLER, useValue: (payloads: unknown[]) => void got.push(...payloads) }],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', batch: { maxMessages: 10 }, decode: false })],
      options: { fastLane },
    });
    await app.receiving();
    await sendAll(AMQP_BODIES);
    await until(() => scene.left('work') === 0);
    expect(got).toHaveLength(AMQP_BODIES.length);
    for (const { payload, undecoded } of AMQP_BODIES) expect(got).toContainEqual(undecoded ?? payload);
  });

  it('is a result where JSON has a form for it, and says so where not', async () => {
    await scene.startWork((payload) => payload, { replyTo: 'out' }, { fastLane });
    await sendAll(AMQP_BODIES);
    await until(() => scene.left('work') === 0);
    const dead = scene.emulator.entity('work/$DeadLetterQueue').messages();
    expect(dead.map((letter) => letter.applicationProperty('DeadLetterReason'))).toEqual(
      dead.map(() => 'UnserializableResult'),
    );
    const refused = AMQP_BODIES.filter(
      ({ payload }) => typeof payload === 'bigint' || payload instanceof Map,
    );
    expect(dead).toHaveLength(refused.length);
    // What is nothing has no result.
    expect(scene.left('out')).toBe(AMQP_BODIES.length - refused.length - 1);
  });

  it('keeps its bytes in a copy for a later attempt, and when a handler sends it on', async () => {
    const out: { sender?: ServiceBusSender } = {};
    const { app, receiving } = await scene.startApp({
      controllers: [WorkController],
      providers: [
        {
          provide: WORK_HANDLER,
          useValue: async (_payload: unknown, { message }: ServiceBusContext): Promise<void> => {
            await out.sender?.sendMessages({ ...message });
            throw new RetryException({ delayMs: 3_600_000 });
          },
        },
      ],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', retry: { maxHoldMs: 0 }, senders: ['out'] })],
      options: { fastLane },
    });
    out.sender = app.get<ServiceBusSender>(getSenderToken('out'), { strict: false });
    await receiving();
    await sendAll(TYPED);
    await until(() => scene.emulator.entity('work').counts.scheduled === TYPED.length);
    await until(() => scene.left('work') === TYPED.length);
    const desk = await Desk.open({ connectionString: scene.emulator.connectionString });
    const encoded = async (entity: string): Promise<unknown[]> => {
      const found = new Map<string, string>();
      for await (const message of desk.peek(entity)) found.set(originalOf(message), bodyOf(message));
      return TYPED.map(({ what }, at) => [what, found.get(`m${at}`)]);
    };
    const sent = TYPED.map(({ what, body }) => {
      // Several sections become one list.
      const encoded = what.includes('several') ? '540154025403' : body.subarray(3).toString('hex');
      return [what, expect.stringContaining(encoded)];
    });
    expect(await encoded('work')).toEqual(sent);
    expect(await encoded('out')).toEqual(sent);
    await desk.close();
  });

  it('is read in a redrive', async () => {
    const received = new Received();
    let isFixed = false;
    const app = await scene.startWork(
      (payload, { message }) => {
        if (!isFixed) throw new DeadLetterException('Before', 'it was');
        received.take(payload, message);
      },
      {},
      { fastLane },
    );
    await sendAll(AMQP_BODIES);
    await until(() => scene.left('work') === 0);
    isFixed = true;
    const desk = await Desk.open({ connectionString: scene.emulator.connectionString });
    const result = await desk.redrive('work', (path, letter) => app.server.redrive(path, letter), {
      canary: false,
    });
    await desk.close();
    expect(result).toMatchObject({ done: AMQP_BODIES.length, failed: 0 });
    expect(received.list(AMQP_BODIES)).toEqual(expected(AMQP_BODIES));
  });

  it('is read as a reply', async () => {
    const client = new ServiceBusClientProxy({
      connectionString: scene.emulator.connectionString,
      replyQueue: 'replies',
    });
    const answers = AMQP_BODIES.map(() => lastValueFrom(client.send('out', 1)));
    const requests = await scene.take('out', AMQP_BODIES.length);
    const ids = requests.map(({ correlationId }) => String(correlationId));
    const replies = AMQP_BODIES.map(({ body }, at) => {
      const properties = propertiesSection({ messageId: `r${at}`, correlationId: ids[at] ?? '' });
      return Buffer.concat([properties, body]);
    });
    await send('replies', ...replies);
    const got = await Promise.all(answers);
    expect(got).toHaveLength(AMQP_BODIES.length);
    for (const { payload } of AMQP_BODIES) expect(got).toContainEqual(payload);
    await client.close();
  });
});

function originalOf(message: DeskMessage): string {
  const original = message.applicationProperty('original-message-id');
  return typeof original === 'string' ? original : (message.messageId ?? '');
}

function bodyOf({ body: { type, bytes } }: DeskMessage): string {
  return `${type}/${bytes.toString('hex')}`;
}
