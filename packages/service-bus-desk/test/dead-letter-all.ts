import { setImmediate } from 'node:timers/promises';

import { type ServiceBusClient } from '@azure/service-bus';

/** Why a message is dead-lettered in a test. */
export interface Cause {
  readonly reason: string;
  readonly description: string;
  readonly handler?: string;
}

/** Dead-letters all messages of an entity, each for what `causeOf` says of its body and its place. */
export async function deadLetterAll(
  client: ServiceBusClient,
  entity: string | [topic: string, subscription: string],
  count: number,
  causeOf: (body: unknown, index: number) => Cause,
): Promise<void> {
  const options = { maxAutoLockRenewalDurationInMs: 0 };
  const receiver =
    typeof entity === 'string'
      ? client.createReceiver(entity, options)
      : client.createReceiver(...entity, options);
  for (let done = 0; done < count;) {
    const messages = await receiver.receiveMessages(Math.min(count - done, 500));
    const settled: Promise<void>[] = [];
    for (const message of messages) {
      const { reason, description, handler } = causeOf(message.body, done + settled.length);
      const options = {
        deadLetterReason: reason,
        deadLetterErrorDescription: description,
        ...(handler !== undefined && {
          'dead-letter-handler': handler,
          'dead-letter-attempt': 5,
          'dead-letter-stack': `${description}\n    at ${handler} (file.ts:1:2)`,
        }),
      };
      settled.push(receiver.deadLetterMessage(message, options));
      // In one turn rhea may send the second of two with the first one's outcome.
      await setImmediate();
    }
    await Promise.all(settled);
    done += messages.length;
  }
  await receiver.close();
}
