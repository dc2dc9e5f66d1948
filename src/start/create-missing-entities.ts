import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { type INestApplicationContext } from '@nestjs/common';
import { ServiceBusServer } from 'nestjs-service-bus';

const EXISTS = 'MessageEntityAlreadyExistsError';

/**
 * Creates what the application's bindings read and reply to, and is not known to exist. For the emulator that the
 * service has started itself: a feature that somebody adds works there at once. A namespace has its entities from
 * those who deploy it.
 */
export async function createMissingEntities(
  app: INestApplicationContext,
  known: readonly string[],
): Promise<void> {
  const administration = app.get(ServiceBusAdministrationClient);
  const isKnown = new Set(known.map((name) => name.toLowerCase()));
  const { queues, subscriptions } = app.get(ServiceBusServer).entities();
  for (const { name, requiresSession } of queues) {
    if (isKnown.has(name.toLowerCase())) continue;
    await unlessItExists(administration.createQueue(name, { requiresSession }));
  }
  for (const { topic, subscription, requiresSession } of subscriptions) {
    await unlessItExists(administration.createTopic(topic));
    await unlessItExists(administration.createSubscription(topic, subscription, { requiresSession }));
  }
}

/** Several workers may create the same entity at the same time. */
async function unlessItExists(creating: Promise<unknown>): Promise<void> {
  try {
    await creating;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === EXISTS)) throw error;
  }
}
