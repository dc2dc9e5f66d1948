import { Logger } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { type ServiceBusContext, ServiceBusConfigurationError, ServiceBusModule } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

describe('the option fastLane', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  const classesOf = async (fastLane: boolean): Promise<string[]> => {
    const classes = new Set<string>();
    const handler = (payload: unknown, { message }: ServiceBusContext): unknown => {
      classes.add(message.constructor.name);
      return payload;
    };
    await scene.startWork(handler, { replyTo: 'out', maxConcurrentCalls: 10 }, { fastLane });
    await scene.send('work', ...Array.from({ length: 50 }, (_, body) => ({ body })));
    await until(() => scene.left('out') === 50 && scene.left('work') === 0);
    return [...classes];
  };

  it('has messages read past the SDK by default', async () => {
    expect(await classesOf(true)).toEqual(['ReceivedMessage']);
  });

  it('has messages go through the SDK when it is false, and says so', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const classes = await classesOf(false);
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(classes).toEqual(['ServiceBusMessageImpl']);
    expect(lines).toContain('fast lane off: the option fastLane is false');
  });

  it('is true or false', async () => {
    const options = {
      connectionString: scene.emulator.connectionString,
      fastLane: 'no' as unknown as boolean,
    };
    const start = scene.startApp({ options, imports: [ServiceBusModule.forFeature({})] });
    await expect(start).rejects.toThrow(ServiceBusConfigurationError);
  });
});
