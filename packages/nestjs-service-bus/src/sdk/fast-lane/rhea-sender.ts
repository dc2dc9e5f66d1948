import { type ServiceBusSender } from '@azure/service-bus';

import { type RheaConnection } from './rhea-link.js';

// The parts of rhea 3.0.5 that its types do not show, as far as we use them to send.

/** A message that was sent, with the broker's answer. */
export interface SentMessage {
  readonly remote_state?: { readonly error?: BrokerRefusal } | undefined;
}

/** Why the broker does not take a message. */
export interface BrokerRefusal {
  readonly condition?: string;
  readonly description?: string;
}

/** [AMQP 3.4] What the broker answers to a message. */
export type SendAnswer = 'accepted' | 'rejected' | 'released' | 'modified';

export interface RheaSender {
  readonly connection: RheaConnection;
  is_open(): boolean;
  /** There is credit, and a place in its session. */
  sendable(): boolean;
  /** Has bytes written at the end of this turn, as a message of this format. */
  send(bytes: Buffer, tag: undefined, format: number): SentMessage;
  on(event: SendAnswer, listener: (context: { readonly delivery?: SentMessage }) => void): void;
}

/** Where the SDK keeps the link of a sender; it is undefined until the first send, and while it is lost. */
interface SdkSender {
  readonly _sender?: { readonly link?: SdkSenderLink };
}

/** A sender's link as the SDK has it. */
export interface SdkSenderLink {
  readonly _link?: Partial<RheaSender>;
  readonly maxMessageSize?: unknown;
}

/** Returns the SDK's link of a sender; each is an object of its own. */
export function sdkLinkOf(sender: ServiceBusSender): SdkSenderLink | undefined {
  const { _sender: inner } = sender as unknown as SdkSender;
  return inner?.link;
}

/** Returns rhea's link behind that of the SDK; undefined where SDK or rhea keep it elsewhere. */
export function rheaSenderOf(link: SdkSenderLink): RheaSender | undefined {
  const { _link: sender } = link;
  return sender && misfitsOfSenderLink(sender).length === 0 ? (sender as RheaSender) : undefined;
}

const SHAPES = { is_open: 'function', sendable: 'function', send: 'function', on: 'function' } as const;

/** Names the parts of a sender's link that are not as we know them. */
export function misfitsOfSenderLink(link: Partial<RheaSender>): string[] {
  const misfits = Object.entries(SHAPES)
    .filter(([member, type]) => typeof link[member as keyof typeof SHAPES] !== type)
    .map(([member]) => `rhea Sender.${member}`);
  return link.connection ? misfits : [...misfits, 'rhea Sender.connection'];
}
