import { type ServiceBusMessage } from '@azure/service-bus';

import { buildMessage } from '../client/build-message.js';
import { ServiceBusRecord } from '../client/service-bus-record.js';
import { type Wire } from '../format/wire.js';
import { writePayload } from '../format/write-payload.js';
import { type Contract } from './contract.js';
import { checkPublishOptions, type PublishOptions } from './publish-options.js';

/** A message that is about to be made, of a payload that is valid. */
export interface Draft {
  readonly destination: string;
  readonly record: ServiceBusRecord;
  /** Where its format has written it already. */
  readonly written?: ServiceBusMessage;
}

/** The message of a draft, its payload as its body. */
export function toMessage({ name, subject }: Contract, { record }: Draft): ServiceBusMessage {
  return buildMessage({ pattern: name, data: record }, subject);
}

/** What writes the messages of a contract, where something is said of what they look like. */
export function writing(contract: Contract, { formats, compressions }: Wire, compresses: boolean) {
  return (draft: Draft): Promise<ServiceBusMessage> => {
    const about = { type: contract.type, destination: draft.destination, request: undefined };
    const compression = compresses ? compressions[0] : undefined;
    return writePayload(toMessage(contract, draft), { format: formats[0], compression, about });
  };
}

/** The payload with the message's options, and with what the contract makes of the payload. */
export function toRecord(
  contract: Contract,
  payload: unknown,
  options: Omit<PublishOptions, 'to' | 'order'>,
): ServiceBusRecord {
  const derived = {
    ...(contract.sessionId && options.sessionId === undefined && { sessionId: contract.sessionId(payload) }),
    ...(contract.messageId && options.messageId === undefined && { messageId: contract.messageId(payload) }),
  };
  checkPublishOptions(contract.name, derived);
  return new ServiceBusRecord(payload, {
    ...derived,
    ...options,
    applicationProperties: { type: contract.type, ...options.applicationProperties },
    subject: contract.subject,
  });
}

/** Made only once the payload is known to be valid. */
export function draftOf(
  contract: Contract,
  payload: unknown,
  destination: string,
  options: Omit<PublishOptions, 'to' | 'order'>,
): () => Draft {
  return () => ({ destination, record: toRecord(contract, payload, options) });
}
