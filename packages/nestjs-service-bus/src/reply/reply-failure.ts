import { type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';

import { readField, toText } from '../exceptions/read-thrown.js';
import { UnsendableResultError } from '../exceptions/unsendable-result.error.js';
import { type FailureRouting, type RequestError, routingOf } from '../format/opened-envelope.js';
import { readPayload } from '../format/read-payload.js';
import { type Wire } from '../format/wire.js';
import { writePayload } from '../format/write-payload.js';
import { errorCode } from '../sdk/index.js';
import { checkJson } from './check-result.js';
import { markErrorReply } from './mark-replies.js';
import { outputMessage } from './output-message.js';
import { replyError, smallReplyError } from './reply-error.js';
import { type Requester } from './reply-protocol.js';
import { poolFor, type ReplyRuntime, UNREACHABLE } from './reply.js';

type FailureRuntime = Omit<ReplyRuntime, 'outputs'> & { readonly reads: Wire | undefined };

/**
 * Tells the requester, if there is one, that its request was dead-lettered, and of what; with less words where all of
 * them cannot be sent. The message is settled by now and its fate known: rejects when the requester could not be told.
 */
export async function replyFailure(
  error: unknown,
  input: ServiceBusReceivedMessage,
  pattern: string,
  runtime: FailureRuntime,
): Promise<void> {
  const requester = runtime.replyPolicy.requesterOf(input);
  if (requester) return tell(requester.replyTo, error, runtime, toReply(input, pattern, requester, runtime));
  const failure = runtime.reads && (await failureOf(input, runtime.reads));
  if (!failure || !runtime.replyPolicy.takes(failure.replyTo)) return;
  return tell(failure.replyTo, error, runtime, toFault(input, pattern, failure, runtime));
}

type ToMessage = (content: unknown) => ServiceBusMessage | Promise<ServiceBusMessage>;

async function tell(replyTo: string, error: unknown, runtime: FailureRuntime, to: ToMessage): Promise<void> {
  const { replyPolicy } = runtime;
  if (!replyPolicy.mayTry(replyTo)) return;
  const send = async (content: unknown): Promise<void> => {
    // A requester puts its replies in order by itself.
    await poolFor(replyTo, runtime)
      .get(replyTo)
      .send(await to(content), { mayOvertake: true });
    replyPolicy.accepted(replyTo);
  };
  try {
    const content = replyError(error);
    checkJson(content);
    await send(content);
  } catch (refusal) {
    if (UNREACHABLE.has(errorCode(refusal))) replyPolicy.rejected(replyTo);
    else replyPolicy.tried(replyTo);
    if (!isAboutContent(refusal)) throw refusal;
    await send(smallReplyError(error));
  }
}

function toReply(
  input: ServiceBusReceivedMessage,
  pattern: string,
  requester: Requester,
  { binding }: FailureRuntime,
): ToMessage {
  return (content) => {
    const message = outputMessage(content, input, binding.entityPath, `${pattern}:error`, 0);
    markErrorReply(message, requester);
    return message;
  };
}

/** In the words of the envelope that the message came in. */
function toFault(
  input: ServiceBusReceivedMessage,
  pattern: string,
  failure: FailureRouting,
  { binding }: FailureRuntime,
): ToMessage {
  const format = {
    contentType: 'application/octet-stream',
    serialize: (content: unknown, about: Parameters<FailureRouting['serialize']>[1]) =>
      failure.serialize(toRequestError(content), about),
    deserialize: (body: Buffer) => body,
  };
  const about = { type: pattern, destination: failure.replyTo, request: input };
  return (content) => {
    const message = outputMessage(content, input, binding.entityPath, `${pattern}:error`, 0);
    return writePayload(message, { format, compression: undefined, about });
  };
}

/** A message may have failed before its body was read: its envelope says who waits all the same. */
async function failureOf(input: ServiceBusReceivedMessage, reads: Wire): Promise<FailureRouting | undefined> {
  if (!routingOf(input)) await readPayload(input, reads).catch(() => undefined);
  return routingOf(input)?.failure;
}

/** An exception filter may have given anything. */
function toRequestError(content: unknown): RequestError {
  const [reason, message] = [readField(content, 'reason'), readField(content, 'message')];
  return {
    reason: typeof reason === 'string' ? reason : 'Error',
    message: typeof message === 'string' ? message : typeof content === 'string' ? content : toJson(content),
  };
}

function toJson(content: unknown): string {
  return JSON.stringify(content) ?? toText(content);
}

/** Of what the broker says to a message, and not to its destination or the way there. */
function isAboutContent(refusal: unknown): boolean {
  if (refusal instanceof UnsendableResultError) return true;
  const code = errorCode(refusal);
  return code === 'MessageSizeExceeded' || code === 'GeneralError';
}
