import {
  type ServiceBusReceivedMessage,
  ServiceBusAdministrationClient,
  ServiceBusClient,
  type ServiceBusReceiver,
  type ServiceBusSender,
} from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { lastValueFrom } from 'rxjs';

import {
  type BindingOptions,
  InjectReceiver,
  InjectSender,
  InjectServiceBusAdministrationClient,
  InjectServiceBusClient,
  ServiceBusClientProxy,
  ServiceBusModule,
  type ServiceBusModuleOptions,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

// Nothing listens there: these tests must not need an answer.
const NOWHERE =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=name;SharedAccessKey=key;UseDevelopmentEmulator=true;';

@Injectable()
class Everything {
  constructor(
    @InjectServiceBusClient() readonly client: ServiceBusClient,
    @InjectServiceBusAdministrationClient() readonly administration: ServiceBusAdministrationClient,
    @InjectSender('relay') readonly sender: ServiceBusSender,
    @InjectReceiver('relay') readonly receiver: ServiceBusReceiver,
    @InjectReceiver('audit') readonly subscription: ServiceBusReceiver,
  ) {}
}

const senders = { relay: 'relay-in' };
const receivers = { relay: 'relay-out', audit: { topic: 'events', subscription: 'audit' } };

describe('ServiceBusModule', () => {
  it('provides senders, receivers and clients by name, without a broker', async () => {
    const module = await Test.createTestingModule({
      imports: [
        ServiceBusModule.forRoot({ connectionString: NOWHERE }),
        ServiceBusModule.forFeature({ senders, receivers }),
      ],
      providers: [Everything],
    }).compile();
    await module.init();
    const { client, administration, sender, receiver, subscription } = module.get(Everything);
    expect(client).toBeInstanceOf(ServiceBusClient);
    expect(administration).toBeInstanceOf(ServiceBusAdministrationClient);
    expect([sender.entityPath, receiver.entityPath]).toEqual(['relay-in', 'relay-out']);
    expect(subscription.entityPath).toBe('events/Subscriptions/audit');
    expect([sender.isClosed, receiver.isClosed]).toEqual([false, false]);
    await module.close();
    expect([sender.isClosed, receiver.isClosed, subscription.isClosed]).toEqual([true, true, true]);
    await expect(sender.sendMessages({ body: 1 })).rejects.toThrow(/closed/);
  });

  it('takes its options and bindings from other providers', async () => {
    @Injectable()
    class Settings {
      readonly namespace = NOWHERE;
      readonly queue = 'counter-in';
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const seen: string[] = [];
    const module = await Test.createTestingModule({
      imports: [
        ServiceBusModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: (settings: Settings) => ({ connectionString: settings.namespace }),
        }),
        ServiceBusModule.forFeatureAsync({
          pattern: 'counter',
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: (settings: Settings): Promise<BindingOptions> => {
            seen.push(settings.queue);
            return Promise.resolve({ queue: settings.queue });
          },
          senders,
          receivers,
        }),
      ],
      providers: [Everything],
    }).compile();
    expect(seen).toEqual(['counter-in']);
    expect(module.get(Everything).sender.entityPath).toBe('relay-in');
    await module.close();
  });

  it('signs in with DefaultAzureCredential if only the namespace is given', async () => {
    const module = await Test.createTestingModule({
      imports: [ServiceBusModule.forRoot({ fullyQualifiedNamespace: 'example.servicebus.windows.net' })],
    }).compile();
    expect(module.get(ServiceBusClient).fullyQualifiedNamespace).toBe('example.servicebus.windows.net');
    expect(module.get(ServiceBusAdministrationClient)).toBeInstanceOf(ServiceBusAdministrationClient);
    await module.close();
  });

  it.each([
    [{}, /connectionString or fullyQualifiedNamespace is required/],
    [{ connectionString: NOWHERE, fullyQualifiedNamespace: 'a.b.c' }, /both set/],
    [{ connectionString: NOWHERE, drainTimeoutMs: -1 }, /drainTimeoutMs is -1/],
  ])('refuses the options %j', async (options, problem) => {
    const module = Test.createTestingModule({
      imports: [ServiceBusModule.forRoot(options as ServiceBusModuleOptions)],
    });
    await expect(module.compile()).rejects.toThrow(problem);
  });

  it('refuses a binding without a pattern', async () => {
    const module = await Test.createTestingModule({
      imports: [
        ServiceBusModule.forRoot({ connectionString: NOWHERE }),
        ServiceBusModule.forFeature({ queue: 'orders', senders: ['out'] }),
      ],
    }).compile();
    await expect(module.init()).rejects.toThrow('forFeature has queue, and no pattern');
    await module.close();
  });
});

describe('injected clients', () => {
  const scene = serviceBusScene({ entities: { queues: ['relay-in', 'relay-out'], topics: ['events'] } });
  const start = async (): Promise<Everything> => {
    const app = await scene.startApp({
      imports: [ServiceBusModule.forFeature({ senders, receivers })],
      providers: [Everything],
    });
    return app.app.get(Everything);
  };

  it('send, schedule and cancel', async () => {
    const { sender } = await start();
    await sender.sendMessages({ body: 'one' });
    await sender.sendMessages([{ body: 'two' }, { body: 'three' }]);
    const batch = await sender.createMessageBatch();
    batch.tryAddMessage({ body: 'four' });
    await sender.sendMessages(batch);
    const [number] = await sender.scheduleMessages({ body: 'later' }, new Date(Date.now() + 60_000));
    expect(scene.left('relay-in')).toBe(5);
    if (number) await sender.cancelScheduledMessages(number);
    const bodies = (await scene.take('relay-in', 4)).map(({ body }) => body as unknown);
    expect(bodies).toEqual(['one', 'two', 'three', 'four']);
    expect(scene.left('relay-in')).toBe(0);
  });

  it('leave a broker that throttles in peace for two seconds, as client proxies do', async () => {
    const { sender } = await start();
    const { connectionString } = scene.emulator;
    const proxy = new ServiceBusClientProxy({ connectionString, queues: { relay: 'relay-in' } });
    scene.emulator.faults.refuseSends(2);
    const startedAtMs = performance.now();
    const sends = [
      sender.sendMessages({ body: 'one' }),
      lastValueFrom(proxy.emit('relay', 'two'), { defaultValue: undefined }),
    ];
    const times = sends.map((sent) => sent.then(() => performance.now() - startedAtMs));
    expect(Math.min(...(await Promise.all(times)))).toBeGreaterThan(2_000);
    expect(scene.left('relay-in')).toBe(2);
    await proxy.close();
  });

  it('leave a broker in peace that is too busy for a receiver’s link, or for a renewal', async () => {
    const { receiver } = await start();
    const { faults } = scene.emulator;
    await scene.send('relay-out', { body: 'one' });
    const peaceful = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      const startedAtMs = performance.now();
      const result = await work();
      expect(performance.now() - startedAtMs).toBeGreaterThan(2_000);
      return result;
    };
    faults.refuseLinks(1, 'com.microsoft:server-busy', 'relay-out');
    const [message] = await peaceful(() => receiver.receiveMessages(1));
    expect(message?.body).toBe('one');
    faults.failRenewals(1, 'com.microsoft:server-busy', 'relay-out');
    if (message) await peaceful(() => receiver.renewMessageLock(message));
    if (message) await receiver.completeMessage(message);
    await scene.send('relay-out', { body: 'two' });
    const { receiver: another } = await start();
    faults.refuseLinks(1, 'com.microsoft:server-busy', 'relay-out');
    const next = (): Promise<IteratorResult<ServiceBusReceivedMessage, undefined>> =>
      another.getMessageIterator().next();
    const { value } = await peaceful(next);
    expect(value).toMatchObject({ body: 'two' });
    if (value) await another.completeMessage(value);
    expect(scene.left('relay-out')).toBe(0);
  });

  it('send concurrent messages together, in the order of the calls', async () => {
    const { sender } = await start();
    const message = { body: 0 };
    const sends: Promise<void>[] = [];
    for (let index = 0; index < 1_200; index++) {
      // Reuse the object: what was passed has to be sent, not what it became.
      message.body = index;
      sends.push(index % 400 === 399 ? sender.sendMessages([message]) : sender.sendMessages(message));
    }
    await Promise.all(sends);
    const bodies = (await scene.take('relay-in', 1_200)).map(({ body }) => body as unknown);
    expect(bodies).toEqual(Array.from({ length: 1_200 }, (_, index) => index));
  });

  it('fail only the faulty message when many are sent together', async () => {
    const { sender } = await start();
    const bodies: unknown[] = [
      'a',
      'x'.repeat(300_000),
      'b',
      {
        toJSON: () => {
          throw new Error('not this one');
        },
      },
      'c',
    ];
    const results = await Promise.allSettled(bodies.map((body) => sender.sendMessages({ body })));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    const sent = (await scene.take('relay-in', 3)).map(({ body }) => body as unknown);
    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('fail all messages if the queue is missing, each with the reason', async () => {
    const app = await scene.startApp({
      imports: [ServiceBusModule.forFeature({ senders: { relay: 'missing' }, receivers })],
      providers: [Everything],
    });
    const { sender } = app.app.get(Everything);
    const results = await Promise.allSettled([1, 2, 3].map((body) => sender.sendMessages({ body })));
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'MessagingEntityNotFound' } });
    }
  });

  it('receive, peek and settle', async () => {
    const { receiver } = await start();
    await scene.send('relay-out', { body: 'a' }, { body: 'b' }, { body: 'c' });
    const peeked = await receiver.peekMessages(10);
    expect(peeked.map(({ body }) => body as unknown)).toEqual(['a', 'b', 'c']);
    const [a, b, c] = await receiver.receiveMessages(3);
    if (!a || !b || !c) throw new Error('three messages were sent');
    await receiver.completeMessage(a);
    await receiver.deadLetterMessage(b, { deadLetterReason: 'why', deadLetterErrorDescription: 'because' });
    await receiver.abandonMessage(c);
    expect(scene.left('relay-out')).toBe(1);
    const [dead] = await scene.take('relay-out/$DeadLetterQueue');
    expect(dead).toMatchObject({ body: 'b', deadLetterReason: 'why' });
  });

  it('administer the namespace of an emulator over plain HTTP', async () => {
    const { administration } = await start();
    await administration.createQueue('made-here', { maxDeliveryCount: 7 });
    expect((await administration.getQueue('made-here')).maxDeliveryCount).toBe(7);
    expect(await administration.queueExists('relay-in')).toBe(true);
    expect(await administration.queueExists('missing')).toBe(false);
  });
});
