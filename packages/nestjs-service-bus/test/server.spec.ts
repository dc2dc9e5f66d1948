import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { from } from 'rxjs';

import { until } from '../../../test/support/until.js';
import { SERVICE_BUS_TRANSPORT, ServiceBusModule, type ServiceBusStatus } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

describe('the server, as Nest sees it', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('reports its status and the errors of its receivers', async () => {
    const statuses: ServiceBusStatus[] = [];
    const errors: string[] = [];
    @Controller()
    class MissingController {
      @MessagePattern('missing')
      missing(): void {
        // Never called.
      }
    }
    const app = await scene.startApp({
      controllers: [MissingController],
      beforeStart: (server) => {
        server.status.subscribe((status) => statuses.push(status));
        server.on('error', (error, pattern) => errors.push(`${pattern}: ${error.message}`));
      },
    });
    await until(() => errors.length > 0);
    expect(errors[0]).toMatch(/^missing: .*could not be found/);
    expect(statuses.at(-1)).toBe('disconnected');
    await app.close();

    const working = await scene.startWork(() => undefined);
    working.server.status.subscribe((status) => statuses.push(status));
    expect(statuses.at(-1)).toBe('connected');
    await working.close();
    expect(statuses.at(-1)).toBe('disconnected');
  });

  it('has its own transport id, and unwraps to its client once it listens', async () => {
    let early = '';
    const app = await scene.startApp({
      imports: [ServiceBusModule.forFeature({ senders: ['out'] })],
      beforeStart: (server) => {
        try {
          server.unwrap();
        } catch (error) {
          early = String(error);
        }
      },
    });
    expect(early).toContain('not listening yet');
    expect(app.server.unwrap()).toBeInstanceOf(ServiceBusClient);
    expect(app.server.transportId).toBe(SERVICE_BUS_TRANSPORT);
  });

  it('awaits event handlers, including Observables, and fails with their error', async () => {
    const seen: string[] = [];
    const later = async (what: string): Promise<string> => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (what === 'bad') throw new TypeError('bad');
      seen.push(what);
      return what;
    };
    @Controller()
    class EventController {
      @EventPattern('work')
      on(@Payload() what: string): unknown {
        return from(later(what));
      }
    }
    const app = await scene.startApp({
      controllers: [EventController],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', retry: { maxAttempts: 1 } })],
    });
    await app.receiving();
    await scene.send('work', { body: 'good' }, { body: 'bad' });
    const [dead] = await scene.take('work/$DeadLetterQueue');
    expect(dead?.deadLetterReason).toBe('TypeError');
    await until(() => scene.left('work') === 0);
    expect(seen).toEqual(['good']);
  });
});
