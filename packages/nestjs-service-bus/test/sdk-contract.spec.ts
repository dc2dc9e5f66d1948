import { createRequire } from 'node:module';
import { Socket } from 'node:net';

import {
  ServiceBusClient,
  type ServiceBusError,
  type ServiceBusMessageBatch,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import rhea from 'rhea';

import { type Emulator, startEmulator } from 'service-bus-emulator';
import { until } from '../../../test/support/until.js';
import { SESSION_PLACES } from '../src/receive/links/delivery-window.js';
import { checkShapes } from '../src/sdk/fast-lane/check-shapes.js';
import { encodeAlone } from '../src/sdk/fast-lane/encode-alone.js';
import { FastLink } from '../src/sdk/fast-lane/fast-link.js';
import { receiverLinkOf } from '../src/sdk/fast-lane/rhea-link.js';
import { rheaSenderOf, sdkLinkOf } from '../src/sdk/fast-lane/rhea-sender.js';
import { isInstrumented, quietTracing } from '../src/sdk/connection/quiet-tracing.js';
import { failLostRequests } from '../src/sdk/connection/lost-requests.js';
import { contextOf } from '../src/sdk/sdk-context.js';
import { SendingLink } from '../src/sdk/sending/sending-link.js';
import { within } from '../src/time/within.js';

// What src/sdk/ relies on, and no typed interface promises: when a version of the SDK or of rhea changes any of it, a
// test here names what has moved, and the file that it names in src/sdk/ has to follow.

const require = createRequire(import.meta.url);
const versionOf = (name: string): unknown =>
  (require(`${name}/package.json`) as { version: unknown }).version;

/** Private parts, by the names that src/sdk/ uses. */
interface Private {
  readonly _sender: { readonly link?: object };
  readonly _streamingReceiver?: { readonly link?: { readonly _link?: object } };
  readonly _messageSession?: { readonly link?: { readonly _link?: object } };
  readonly delivery: { readonly link?: object; readonly remote_settled: boolean; readonly settled: boolean };
}
const partsOf = (owner: object): Private => owner as Private;

const noHandlers = { processMessage: () => Promise.resolve(), processError: () => Promise.resolve() };

describe('the private parts of the SDK and of rhea', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;
  let receiver: ServiceBusReceiver;

  beforeEach(async () => {
    const entities = { queues: ['work', { name: 'sessions', requiresSession: true }] };
    emulator = await startEmulator({ port: 0, administrationPort: false, entities });
    client = new ServiceBusClient(emulator.connectionString);
    receiver = client.createReceiver('work', { maxAutoLockRenewalDurationInMs: 0 });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await within(2_000, client.close());
    await emulator.close();
  });

  const send = (...bodies: unknown[]): Promise<void> =>
    client.createSender('work').sendMessages(bodies.map((body) => ({ body })));
  const take = async (count: number): Promise<ServiceBusReceivedMessage[]> => {
    const messages: ServiceBusReceivedMessage[] = [];
    while (messages.length < count)
      messages.push(...(await receiver.receiveMessages(count - messages.length)));
    return messages;
  };
  const left = (): number => emulator.entity('work').messageCount;

  it('are of the versions that this is written for', () => {
    expect([versionOf('@azure/service-bus'), versionOf('rhea')]).toEqual(['7.9.5', '3.0.5']);
  });

  it('have the shapes that the check at the start looks for', async () => {
    expect(await checkShapes()).toEqual({
      fastLane: [],
      linkEvents: [],
      connection: [],
      versions: '@azure/service-bus 7.9.5',
    });
  });

  describe('of a connection', () => {
    it('have a context with a connection that is replaced when it is lost (sdk-context.ts)', async () => {
      // Without it, the SDK would wait a minute for an answer on the lost connection.
      failLostRequests(client);
      receiver.subscribe(noHandlers);
      await send(1);
      const context = contextOf(client);
      const lost = context?.connection._connection;
      expect(lost).toBeDefined();
      emulator.dropConnections();
      await until(() => context?.connection._connection !== lost);
      await until(() => context?.connection.isOpen() ?? false);
    });

    it('count the bytes of a socket, and begin sessions when asked to (connection-guard.ts)', async () => {
      await send(1);
      const context = contextOf(client);
      const before = context?.connection._connection.socket?.bytesRead ?? NaN;
      const session = await context?.connection.createSession({ abortSignal: new AbortController().signal });
      expect(context?.connection._connection.socket?.bytesRead).toBeGreaterThan(before);
      await session?.close();
    });

    it('read tcp_no_delay when they connect (send-at-once.ts)', async () => {
      const noDelay = jest.spyOn(Socket.prototype, 'setNoDelay');
      const options = contextOf(client)?.connection._connection.options ?? {};
      options.tcp_no_delay = true;
      await send(1);
      expect(noDelay).toHaveBeenCalledWith(true);
    });

    it('keep requests whose answers are to come in maps (lost-requests.ts)', async () => {
      await send(1);
      await receiver.peekMessages(1);
      const context = contextOf(client);
      const [management] = Object.values(context?.managementClients ?? {});
      expect(context?.cbsSession?._cbsSenderReceiverLink?._responsesMap).toBeInstanceOf(Map);
      const requests = management?._link?._responsesMap ?? new Map<string, never>();
      const added = jest.spyOn(requests, 'set');
      await receiver.peekMessages(1);
      expect(added).toHaveBeenCalledWith(
        expect.any(String),
        expect.objectContaining({
          reject: expect.any(Function),
          cleanupBeforeResolveOrReject: expect.any(Function),
        }),
      );
      expect(requests.size).toBe(0);
    });
  });

  describe('of a receiver', () => {
    it('call the hooks around each attempt to open a link (receiving/subscribe.ts)', async () => {
      const calls: string[] = [];
      const hooks = {
        preInitialize: () => Promise.resolve(void calls.push('pre')),
        postInitialize: () => Promise.resolve(void calls.push('post')),
      };
      receiver.subscribe({ ...noHandlers, ...hooks });
      await until(() => calls.length === 2);
      emulator.detachLinks('work');
      await until(() => calls.length === 4);
      expect(calls).toEqual(['pre', 'post', 'pre', 'post']);
    });

    it('give up opening a link when stopped in preInitialize (receiving/receiving-link.ts)', async () => {
      let attempts = 0;
      let opened = 0;
      const handlers = {
        processMessage: () => Promise.resolve(),
        processError: () => Promise.resolve(),
        preInitialize: () => Promise.resolve(void (++attempts === 2 && subscription.close())),
        postInitialize: () => Promise.resolve(void opened++),
      };
      const subscription = receiver.subscribe(handlers);
      await until(() => opened === 1);
      emulator.detachLinks('work');
      await until(() => attempts === 2);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect([attempts, opened, emulator.entity('work').receiverCount]).toEqual([2, 1, 0]);
    });

    it('call no hooks for a session, whose link is open once it is accepted', async () => {
      const sender = client.createSender('sessions');
      await sender.sendMessages({ body: 1, sessionId: 'a' });
      const session = await client.acceptSession('sessions', 'a');
      expect(receiverLinkOf(session)).toBe(partsOf(session)._messageSession?.link?._link);
      const calls: string[] = [];
      const note = (what: string) => () => Promise.resolve(void calls.push(what));
      const hooks = { preInitialize: note('pre'), postInitialize: note('post') };
      session.subscribe({ ...noHandlers, ...hooks, processMessage: note('message') });
      await until(() => calls.length > 0);
      expect(calls).toEqual(['message']);
      await session.close();
    });

    it('lead to rhea’s link, which hands over transfers and answers (fast-lane/fast-link.ts)', async () => {
      const messages: ServiceBusReceivedMessage[] = [];
      let fastLink: FastLink | undefined;
      const hooks = {
        preInitialize: () => Promise.resolve(),
        postInitialize: () => {
          expect(receiverLinkOf(receiver)).toBe(partsOf(receiver)._streamingReceiver?.link?._link);
          const takeFromFastLane = (message: ServiceBusReceivedMessage): void => void messages.push(message);
          fastLink = FastLink.open(receiver, { takeFromFastLane, takenFromSdk: 0 });
          return Promise.resolve();
        },
      };
      const options = { autoCompleteMessages: false, maxConcurrentCalls: 3 };
      receiver.subscribe({ ...noHandlers, ...hooks }, options);
      await send(1, 2);
      await until(() => messages.length === 2);
      expect(fastLink?.credit).toBe(1);
      await Promise.all(messages.map((message) => receiver.completeMessage(message)));
      expect(left()).toBe(0);
    });

    it('hold 2,048 deliveries of a session (receive/links/delivery-window.ts)', async () => {
      receiver.subscribe(noHandlers);
      await until(() => receiverLinkOf(receiver)?.is_open() ?? false);
      const { incoming } = receiverLinkOf(receiver)?.session ?? {};
      expect((incoming as { window?: number } | undefined)?.window).toBe(SESSION_PLACES);
    });
  });

  describe('of a message', () => {
    it('have rhea’s delivery, which tells of the answer (message/complete-on-link.ts)', async () => {
      await send(1);
      const [message] = await take(1);
      const { delivery } = partsOf(message as object);
      expect(delivery).toMatchObject({ remote_settled: false, accept: expect.any(Function) });
      expect(delivery.link).toMatchObject({ is_open: expect.any(Function), on: expect.any(Function) });
      await receiver.completeMessage(message as ServiceBusReceivedMessage);
      expect(delivery.remote_settled).toBe(true);
    });

    it('is settled through $management when its delivery has no link (message/message-lock.ts)', async () => {
      await send(1);
      const [message] = await take(1);
      const detached = Object.assign(
        Object.create(Object.getPrototypeOf(message) as object) as ServiceBusReceivedMessage,
        message,
        { delivery: {} },
      );
      const settler = client.createReceiver('work');
      await settler.renewMessageLock(detached);
      await settler.completeMessage(detached);
      expect(left()).toBe(0);
      expect(partsOf(message as object).delivery.remote_settled).toBe(false);
    });

    // When this fails the defect is gone, and settleAlone may go with it.
    it('is completed by an abandon next to a completion: rhea’s defect (message/settle-alone.ts)', async () => {
      await send(1, 2);
      const [first, second] = (await take(2)) as [ServiceBusReceivedMessage, ServiceBusReceivedMessage];
      await Promise.all([receiver.completeMessage(first), receiver.abandonMessage(second)]);
      expect(left()).toBe(0);
    });
  });

  describe('of a sender', () => {
    it('have a link, and another one after that is lost (sending/sending-link.ts)', async () => {
      const sender = client.createSender('work');
      expect(partsOf(sender)._sender.link).toBeUndefined();
      await sender.sendMessages({ body: 1 });
      const { link } = partsOf(sender)._sender;
      expect(link).toBeDefined();
      emulator.detachLinks('work');
      await until(() => partsOf(sender)._sender.link !== link);
    });

    it('have rhea’s link, which takes bytes and tells the answers (sending/link-transfers.ts)', async () => {
      const answers: unknown[] = [];
      for (const [queue, first] of [
        ['work', {}],
        ['sessions', { sessionId: 'a' }],
      ] as const) {
        const sender = client.createSender(queue);
        await sender.sendMessages({ body: 1, ...first });
        const link = sdkLinkOf(sender);
        const rheaSender = link && rheaSenderOf(link);
        expect(typeof link?.maxMessageSize).toBe('number');
        for (const answer of ['accepted', 'rejected'] as const) {
          rheaSender?.on(answer, ({ delivery }) => answers.push([answer, delivery?.remote_state?.error]));
        }
        rheaSender?.send(encodeAlone({ body: 2 }) ?? Buffer.of(), undefined, 0);
      }
      await until(() => answers.length === 2);
      expect(answers).toEqual([
        ['accepted', undefined],
        [
          'rejected',
          expect.objectContaining({ condition: expect.any(String), description: expect.any(String) }),
        ],
      ]);
    });

    it('refuse with the same error on the fast lane (sending/refusal-error.ts)', async () => {
      const sender = client.createSender('sessions');
      const link = new SendingLink(sender);
      await link.transfer({ body: 1, sessionId: 'a' });
      const sdkSends = jest.spyOn(sender, 'sendMessages');
      const error: unknown = await link.transfer({ body: 2 }).catch((refusal: unknown) => refusal);
      expect(sdkSends).not.toHaveBeenCalled();
      const same: unknown = await sender.sendMessages({ body: 2 }).catch((refusal: unknown) => refusal);
      const { code, retryable, message } = same as ServiceBusError;
      expect(error).toMatchObject({ name: 'ServiceBusError', code, retryable });
      expect((error as Error).message).toContain(message.split(': ')[1]?.split('. TrackingId')[0]);
    });

    it('take a batch of another’s making, and ask it for its bytes (fast-lane/encoded-batch.ts)', async () => {
      const sender = client.createSender('work');
      const own = await sender.createMessageBatch();
      own.tryAddMessage({ body: 1 });
      const { _generateMessage: generate } = own as unknown as { _generateMessage(): Buffer };
      const batch = {
        count: 1,
        sizeInBytes: own.sizeInBytes,
        maxSizeInBytes: own.maxSizeInBytes,
        tryAddMessage: () => false,
        _messageSpanContexts: [],
        _generateMessage: () => generate.call(own),
      };
      await sender.sendMessages(batch satisfies ServiceBusMessageBatch);
      expect(left()).toBe(1);
    });
  });

  it('ask whoever instruments them for spans, and nobody by default (connection/quiet-tracing.ts)', async () => {
    quietTracing();
    expect(isInstrumented()).toBe(false);
    await send(1);
    expect(left()).toBe(1);
  });

  it('make outcomes that are written as they are (fast-lane/rhea-message.ts)', () => {
    const { message } = rhea as unknown as { message: Record<string, (fields?: object) => object> };
    for (const name of ['accepted', 'released', 'rejected', 'modified']) {
      expect(message[name]?.({})).toMatchObject({ described: expect.any(Function) });
    }
  });
});
