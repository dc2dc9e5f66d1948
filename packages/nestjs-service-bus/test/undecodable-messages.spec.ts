import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { getReceiverToken, ServiceBusModule, type ServiceBusReceiver } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { startServiceBusApp, type ServiceBusApp } from './support/start-service-bus-app.js';
import { until } from '../../../test/support/until.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';

const MARK = Buffer.from('PASS THIS ON AS SOMETHING ELSE');
/** Within one frame. */
const BODY_BYTES = 60_000;
/** A data section whose content has a length of four bytes [AMQP 3.2.6]. */
const SECTION_BYTES = 8;

const toBody = (text: string, bytes = BODY_BYTES): Buffer => Buffer.concat([MARK, Buffer.from(text)], bytes);

/** Sections that take the place of a data section, byte by byte. */
const SECTIONS: Record<string, Buffer> = {
  'a list nested 6,000 deep': nested(6_000),
  'a map that ends too early': brokenMap(),
  'an array of four billion nothings': emptyArray(),
  'a section of another size than it says': Buffer.concat([
    Buffer.from([0x00, 0x53, 0x77, 0xd0]),
    Buffer.alloc(8, 0xff),
  ]),
};

function nested(depth: number): Buffer {
  const bytes = Buffer.alloc(SECTION_BYTES + BODY_BYTES, 0x40);
  bytes.set([0x00, 0x53, 0x77]);
  let at = 3;
  for (let level = 0; level < depth; level++) {
    bytes[at] = 0xd0;
    bytes.writeUInt32BE(bytes.length - at - 5, at + 1);
    bytes.writeUInt32BE(level === depth - 1 ? bytes.length - at - 9 : 1, at + 5);
    at += 9;
  }
  return bytes;
}

/** rhea would make as many objects of these few bytes. */
function emptyArray(): Buffer {
  const footer = Buffer.from([0x00, 0x53, 0x78, 0xd1, 0, 0, 0, 4, 0, 0, 0, 0]);
  const array = Buffer.from([0x00, 0x53, 0x77, 0xf0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x40]);
  // The footer fills the rest: its only entry is a text.
  const rest = SECTION_BYTES + BODY_BYTES - array.length - footer.length;
  const entry = Buffer.alloc(rest, 0x61);
  entry.set([0xa1, 1, 0x6b, 0xb1]);
  entry.writeUInt32BE(rest - 8, 4);
  footer.writeUInt32BE(4 + rest, 4);
  footer.writeUInt32BE(2, 8);
  return Buffer.concat([array, footer, entry]);
}

function brokenMap(): Buffer {
  const bytes = Buffer.alloc(SECTION_BYTES + BODY_BYTES, 0x40);
  bytes.set([0x00, 0x53, 0x77, 0xd1]);
  bytes.writeUInt32BE(bytes.length - 8, 4);
  const left = bytes.length - 12;
  bytes.writeUInt32BE(left + 2, 8);
  return bytes;
}

/** A broker that lets through what the emulator refuses: puts other bytes in place of marked bodies. */
class CarelessBroker {
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly listener: Server,
    readonly port: number,
  ) {}

  static async start(targetPort: number, section: Buffer): Promise<CarelessBroker> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const broker = new CarelessBroker(listener, (listener.address() as AddressInfo).port);
    listener.on('connection', (client) => {
      broker.connections++;
      const server = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
      for (const socket of [client, server]) broker.sockets.add(socket.on('error', () => undefined));
      client.pipe(server);
      let kept = Buffer.alloc(0);
      server.on('data', (bytes) => {
        kept = Buffer.concat([kept, bytes]);
        const at = kept.indexOf(MARK);
        if (at >= 0 && kept.length < at + BODY_BYTES) return;
        if (at >= 0) kept.set(section, at - SECTION_BYTES);
        client.write(kept);
        kept = Buffer.alloc(0);
      });
      server.on('close', () => client.destroy());
      client.on('close', () => server.destroy());
    });
    return broker;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.listener.close();
  }
}

describe.each(Object.keys(SECTIONS))('a message that is %s', (kind) => {
  const queues = ['work', 'plain', { name: 'sessions', requiresSession: true }];
  let broker: CarelessBroker;
  let app: ServiceBusApp | undefined;
  const handled: unknown[] = [];
  beforeEach(() => {
    Logger.overrideLogger(false);
    handled.length = 0;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await app?.close();
    app = undefined;
    broker.close();
    Logger.overrideLogger(['error']);
  });
  const scene = serviceBusScene({ entities: { queues } });

  async function start(fastLane: boolean, queue = 'work'): Promise<ServiceBusApp> {
    broker = await CarelessBroker.start(scene.emulator.port, SECTIONS[kind] as Buffer);
    const connectionString = scene.emulator.connectionString.replace(/:\d+;/, `:${broker.port};`);
    const sessions = queue === 'sessions' ? {} : undefined;
    app = await startServiceBusApp(connectionString, {
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: (payload: unknown) => void handled.push(payload) }],
      imports: [
        ServiceBusModule.forFeature({
          pattern: 'work',
          queue,
          receivers: ['plain'],
          ...(sessions && { sessions }),
        }),
      ],
      options: { fastLane },
    });
    await app.receiving();
    return app;
  }

  it.each([
    ['work', true],
    ['sessions', true],
    ['work', false],
    ['sessions', false],
  ])(
    'is dead-lettered at once from %s (fast lane: %s), and touches no neighbour',
    async (queue, fastLane) => {
      const { server } = await start(fastLane, queue);
      const { connections } = broker;
      const neighbours = ['a', 'b', 'c'];
      await scene.send(
        queue,
        { body: 'a', sessionId: 's' },
        { body: toBody('poison'), sessionId: 's', messageId: 'poison' },
        { body: 'b', sessionId: 's' },
        { body: 'c', sessionId: 's' },
      );
      await until(() => handled.length === neighbours.length && scene.left(queue) === 0);
      expect(handled.sort()).toEqual(neighbours);
      const [dead, ...others] = scene.emulator.entity(`${queue}/$DeadLetterQueue`).messages();
      expect(others).toEqual([]);
      expect(dead?.applicationProperty('DeadLetterReason')).toBe('UndecodableMessage');
      // In a session the first message is given back once, to write its attempt down.
      expect(dead?.deliveryCount).toBeLessThanOrEqual(1);
      expect(broker.connections).toBe(connections);
      expect(server.health()).toMatchObject([{ state: 'receiving' }]);
    },
  );

  it('does not end what an injected receiver receives, and is named in the log, however large', async () => {
    const { app: nest } = await start(true);
    const log = jest.spyOn(Logger.prototype, 'error');
    const receiver = nest.get<ServiceBusReceiver>(getReceiverToken('plain'), { strict: false });
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    receiver.subscribe({
      processMessage: (message) => Promise.resolve(void seen.push(message.body)),
      processError: ({ error }) => Promise.resolve(void errors.push(error)),
    });
    await scene.send('plain', { body: toBody('poison') });
    await scene.send('plain', { body: toBody('poison', 3 * BODY_BYTES) });
    await scene.send('plain', { body: 'after' });
    await until(() => seen.length === 1 && scene.left('plain') === 0);
    expect({ seen, errors, dead: scene.left('plain/$DeadLetterQueue') }).toEqual({
      seen: ['after'],
      errors: [],
      dead: 2,
    });
    const lines = log.mock.calls.map(([line]) => String(line)).filter((line) => line.startsWith('plain:'));
    expect(lines).toEqual([
      expect.stringMatching(/^plain: message #\d+ is dead-lettered: UndecodableMessage: /),
      expect.stringMatching(/^plain: message #\d+ is dead-lettered: UndecodableMessage: /),
    ]);
  });
});
