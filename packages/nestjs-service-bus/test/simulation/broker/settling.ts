import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type PropertyValue } from '@nestjs-service-bus/rule-filter';
import { type Outcome } from '../../../../service-bus-emulator/src/model/queue/outcome.js';
import { receivedMessage, type SimulatedMessage, type Snapshot } from './received-message.js';
import { type ReceivingLink } from './receiving-link.js';
import { settleMessage } from './settle-message.js';
import { type SettlementPlace } from './settlement-place.js';
import { SimulatedDelivery } from './simulated-delivery.js';

type Properties = Readonly<Record<string, unknown>>;

/** The four settlements of the SDK's receivers. */
export abstract class Settling {
  protected abstract readonly place: SettlementPlace;

  completeMessage(message: ServiceBusReceivedMessage): Promise<void> {
    return this.settle(message, { type: 'complete' });
  }

  abandonMessage(message: ServiceBusReceivedMessage, properties?: Properties): Promise<void> {
    return this.settle(message, { type: 'abandon', changes: changesOf(properties) });
  }

  deferMessage(message: ServiceBusReceivedMessage, properties?: Properties): Promise<void> {
    return this.settle(message, { type: 'defer', changes: changesOf(properties) });
  }

  deadLetterMessage(message: ServiceBusReceivedMessage, options: Properties = {}): Promise<void> {
    const { deadLetterReason, deadLetterErrorDescription, ...properties } = options;
    return this.settle(message, {
      type: 'dead-letter',
      reason: deadLetterReason as string | undefined,
      description: deadLetterErrorDescription as string | undefined,
      changes: changesOf(properties),
    });
  }

  /** A message as it arrives on a link. */
  protected messageOf(snapshot: Snapshot, link: ReceivingLink): SimulatedMessage {
    const { lockId, sequenceNumber } = snapshot;
    return receivedMessage(snapshot, new SimulatedDelivery(link, lockId, sequenceNumber, this.place));
  }

  private settle(message: ServiceBusReceivedMessage, outcome: Outcome): Promise<void> {
    return settleMessage(message, outcome, this.place);
  }
}

function changesOf(properties: Properties | undefined): { application: ReadonlyMap<string, PropertyValue> } {
  return { application: new Map(Object.entries(properties ?? {}) as [string, PropertyValue][]) };
}
