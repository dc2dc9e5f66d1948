import * as sdk from '@azure/service-bus';
import { Logger } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';

import { until } from '../../../test/support/until.js';

/** Wraps what the SDK makes: none of its private parts is to be found, and `subscribe` knows no hooks. */
function hidePrivateParts<T extends object>(made: T): T {
  return new Proxy(made, {
    get: (target, name): unknown => {
      if (typeof name === 'string' && name.startsWith('_')) return undefined;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const plain = name === 'subscribe' ? args.map((arg) => withoutHooks(arg as object)) : args;
        const result: unknown = Reflect.apply(value, target, plain);
        if (!/^(create(Receiver|Sender)|accept)/.test(String(name))) return result;
        if (result instanceof Promise) return result.then((receiver: object) => hidePrivateParts(receiver));
        return hidePrivateParts(result as object);
      };
    },
  });
}

function withoutHooks(handlers: object): object {
  return { ...handlers, preInitialize: undefined, postInitialize: undefined };
}

class ServiceBusClient extends sdk.ServiceBusClient {
  constructor(connectionString: string, options?: sdk.ServiceBusClientOptions) {
    super(connectionString, options);
    return hidePrivateParts(this);
  }
}

jest.unstable_mockModule('@azure/service-bus', () => ({ ...sdk, ServiceBusClient }));
const { serviceBusScene } = await import('./support/service-bus-scene.js');
const { ServiceBusModule } = await import('../src/index.js');
const { WORK_HANDLER, WorkController } = await import('./support/work-controller.js');

describe('with an SDK that keeps its private parts elsewhere', () => {
  const sessions = { name: 'sessions', requiresSession: true };
  const scene = serviceBusScene({ entities: { queues: ['work', 'out', sessions] } });

  it('says what is off', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await scene.startApp({});
    const lines = warn.mock.calls.map(([line]) => String(line));
    warn.mockRestore();
    expect(lines).toEqual([
      expect.stringMatching(/^fast lane off: .*ServiceBusClient\._connectionContext/),
      expect.stringMatching(/^link events off: .*subscribe calls postInitialize/),
      expect.stringMatching(/^connection guard limited: .*_connectionContext/),
    ]);
  });

  it('receives, replies and settles', async () => {
    await scene.send('work', ...Array.from({ length: 50 }, (_, body) => ({ body })));
    await scene.startWork((payload) => payload, { replyTo: 'out' });
    await until(() => scene.left('out') === 50 && scene.left('work') === 0);
  });

  it('counts as receiving while no message comes', async () => {
    const app = await scene.startWork(() => undefined);
    expect(app.server.health()).toMatchObject([{ state: 'receiving' }]);
  });

  it('comes back when its link is lost, and loses nothing', async () => {
    let done = 0;
    await scene.startWork(
      (payload) => {
        done++;
        return payload;
      },
      { replyTo: 'out', maxConcurrentCalls: 10 },
    );
    const messages = Array.from({ length: 200 }, (_, body) => ({ body, messageId: `m${body}` }));
    await scene.send('work', ...messages);
    await until(() => done >= 50);
    scene.emulator.detachLinks('work');
    await until(() => scene.left('work') === 0, 15_000);
    const ids = scene.emulator
      .entity('out')
      .messages()
      .map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(200);
  });

  it('does not count as receiving where the broker refuses its link', async () => {
    const app = await scene.startApp({
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: () => undefined }],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', queue: 'missing' })],
    });
    const states = new Set<string | undefined>();
    const endAtMs = Date.now() + 7_000;
    await until(() => {
      states.add(app.server.health()[0]?.state);
      return Date.now() > endAtMs;
    });
    expect([...states]).toEqual(['connecting', 'failing']);
  });

  it('takes the messages of sessions', async () => {
    const bodies: unknown[] = [];
    await scene.startWork((payload) => void bodies.push(payload), { queue: 'sessions', sessions: {} });
    await scene.send('sessions', ...[1, 2, 3].map((body) => ({ body, sessionId: 'a' })));
    await until(() => scene.left('sessions') === 0);
    expect(bodies).toEqual([1, 2, 3]);
  });
});
