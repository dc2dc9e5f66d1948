import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { swapGuidOrder } from '@nestjs-service-bus/amqp-message';

import { decodeMessage } from '../fast-lane/decode-message.js';
import { type LinkDelivery } from '../fast-lane/link-delivery.js';
import { decodeByRhea } from '../fast-lane/typed-body.js';
import { undecodableMessage } from '../fast-lane/undecodable-message.js';

/** What the SDK keeps behind a receiver. */
interface SdkReceiver {
  readonly _context?: unknown;
  _createBatchingReceiver?(context: unknown, entityPath: string, options: object): SdkBatchingReceiver;
}

interface SdkBatchingReceiver {
  readonly _batchingReceiverLite?: { _createServiceBusMessage?: ReadAsSdk };
  removeLinkFromContext?(): void;
}

type ReadAsSdk = (context: object) => ServiceBusReceivedMessage;

/**
 * Reads a message that somebody else has received, from its bytes, as this receiver would have: it is settled through
 * `$management`, by its lock token. What cannot be read is a message too, whose body is its bytes.
 */
export function readReceived(
  bytes: Buffer,
  lockToken: string,
  receiver: ServiceBusReceiver,
): ServiceBusReceivedMessage {
  // [Service Bus] The tag of a delivery is its lock token, in the byte order of .NET.
  const tag = swapGuidOrder(Buffer.from(lockToken.replaceAll('-', ''), 'hex'));
  const delivery = { tag } as LinkDelivery;
  const message = decodeMessage(bytes, delivery);
  if (message) return message;
  try {
    return sdkReader(receiver)({ message: decodeByRhea(bytes), delivery });
  } catch (cause) {
    return undecodableMessage(bytes, delivery, cause);
  }
}

const READERS = new WeakMap<ServiceBusReceiver, ReadAsSdk>();

/** Returns what the SDK makes its own messages with, for those that are not plain. */
function sdkReader(receiver: ServiceBusReceiver): ReadAsSdk {
  let reader = READERS.get(receiver);
  if (reader) return reader;
  const inner = receiver as unknown as SdkReceiver;
  const batching = inner._createBatchingReceiver?.(inner._context, receiver.entityPath, {
    receiveMode: 'peekLock',
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
  });
  // It never gets a link of its own.
  batching?.removeLinkFromContext?.();
  reader = batching?._batchingReceiverLite?._createServiceBusMessage;
  if (!reader) throw new Error('this version of @azure/service-bus does not take it');
  READERS.set(receiver, reader);
  return reader;
}
