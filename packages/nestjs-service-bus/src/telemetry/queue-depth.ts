import { type ServiceBusAdministrationClient } from '@azure/service-bus';
import { type Logger } from '@nestjs/common';
import { type Attributes, type Meter, type ObservableResult } from '@opentelemetry/api';

import { type Destination, destinationAttributes } from './messaging-attributes.js';

const TIMEOUT_MS = 10_000;

type CountingClient = Pick<
  ServiceBusAdministrationClient,
  'getQueueRuntimeProperties' | 'getSubscriptionRuntimeProperties'
>;
type Counts = Readonly<Record<string, number>>;

interface Entity {
  readonly destination: Destination;
  readonly attributes: Attributes;
  counts: Counts;
  isFailing: boolean;
}

/**
 * Counts the messages that wait in the entities that this process reads, if its credentials allow it. Queries the
 * broker only while metrics are collected, and at most once per `intervalMs`; a collection reports the previous
 * answer.
 */
export class QueueDepth {
  private readonly entities: Entity[] = [];
  private readonly stop: () => void;
  private askedAtMs = -Infinity;

  constructor(
    meter: Meter,
    private readonly client: CountingClient,
    private readonly intervalMs: number,
    private readonly logger: Pick<Logger, 'log' | 'warn'>,
  ) {
    const gauge = meter.createObservableGauge('service_bus.entity.messages', {
      unit: '{message}',
      description: 'Messages in the queue or subscription, by state',
    });
    const callback = (result: ObservableResult): void => this.observe(result);
    gauge.addCallback(callback);
    this.stop = () => gauge.removeCallback(callback);
  }

  add(destination: Destination): void {
    this.entities.push({
      destination,
      attributes: destinationAttributes(destination),
      counts: {},
      isFailing: false,
    });
  }

  close(): void {
    this.stop();
  }

  private observe(result: ObservableResult): void {
    for (const { attributes, counts } of this.entities) {
      for (const [state, count] of Object.entries(counts)) {
        result.observe(count, { ...attributes, state });
      }
    }
    const now = performance.now();
    if (now - this.askedAtMs < this.intervalMs) return;
    this.askedAtMs = now;
    for (const entity of this.entities) void this.refresh(entity);
  }

  private async refresh(entity: Entity): Promise<void> {
    try {
      entity.counts = await this.count(entity.destination);
      if (entity.isFailing) this.logger.log(`${entity.destination.entity}: its depth is available again`);
      entity.isFailing = false;
    } catch (error) {
      // Report NaN: an outdated count, or a missing one, would look like a queue that does not move.
      for (const state of Object.keys(entity.counts)) entity.counts = { ...entity.counts, [state]: NaN };
      if (entity.isFailing) return;
      entity.isFailing = true;
      const cause = error instanceof Error ? error.message : String(error);
      this.logger.warn(`${entity.destination.entity}: its depth is unavailable: ${cause}`);
    }
  }

  private async count({ entity, subscription }: Destination): Promise<Counts> {
    const options = { abortSignal: AbortSignal.timeout(TIMEOUT_MS) };
    if (subscription !== undefined) {
      const counts = await this.client.getSubscriptionRuntimeProperties(entity, subscription, options);
      return { active: counts.activeMessageCount, dead_letter: counts.deadLetterMessageCount };
    }
    const counts = await this.client.getQueueRuntimeProperties(entity, options);
    return {
      active: counts.activeMessageCount,
      scheduled: counts.scheduledMessageCount,
      dead_letter: counts.deadLetterMessageCount,
    };
  }
}
