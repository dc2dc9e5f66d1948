import { locateSections } from '@nestjs-service-bus/amqp-message';
import { type Message } from 'rhea';

import { parseAddress } from '../../model/entity/address.js';
import { putToken } from './cbs-node.js';
import { type ConnectionContext } from '../context.js';
import { ManagementNode } from '../management/management-node.js';
import { type ReplyLinks } from './reply-links.js';
import { messages } from '../rhea-private.js';

// Space for a token, or for the parts of a request other than its messages.
const REQUEST_BYTES = 256 * 1024;

/** A client's sending link on a request-response node. */
export interface RequestLink {
  /** Address of the entity that the requests concern; empty for `$cbs`. */
  readonly address: string;
  readonly maxMessageBytes: number;
  /**
   * Calls `accepted` before it replies. @throws BrokerError not-found if the request names no link for the reply;
   * MalformedMessageError or an error of rhea's if the bytes are not a message
   */
  receive(bytes: Buffer, replies: ReplyLinks, accepted: () => void): void;
}

/** Creates the link that receives tokens. */
export function cbsRequests(context: ConnectionContext): RequestLink {
  return {
    address: '',
    maxMessageBytes: REQUEST_BYTES,
    receive: (bytes, replies, accepted) => {
      const request = decode(bytes);
      const reply = replies.find(request.reply_to);
      accepted();
      reply.send(putToken(request, context));
    },
  };
}

/** Creates the link that receives requests concerning one entity. */
export function managementRequests(nodeAddress: string, context: ConnectionContext): RequestLink {
  const node = new ManagementNode(nodeAddress, context);
  return {
    address: node.address,
    maxMessageBytes: REQUEST_BYTES + maxMessageBytesOf(node.address, context),
    receive: (bytes, replies, accepted) => {
      const request = decode(bytes);
      const link = replies.find(request.reply_to);
      accepted();
      node.answer(request, (reply) => link.send(reply));
    },
  };
}

// rhea's decoder trusts lengths, counts and nesting: only a message whose structure has been checked reaches it.
function decode(bytes: Buffer): Message {
  locateSections(bytes);
  return messages.decode(bytes) as unknown as Message;
}

/** Requests contain messages as well, to be scheduled. */
function maxMessageBytesOf(address: string, { broker }: ConnectionContext): number {
  const entity = broker.namespace.entity(parseAddress(address).entity);
  return (entity?.description.maxMessageSizeInKilobytes ?? 0) * 1024;
}
