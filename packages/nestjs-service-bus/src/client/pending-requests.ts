import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type Answer, PendingRequest } from './pending-request.js';
import { type Wire } from '../format/wire.js';
import { enclosedRequestId, readReply, readReplyBy, requestIdOf } from './read-reply.js';
import { RequestTimeoutError } from './request-timeout.error.js';

/** All requests of one client that wait for replies, by id. */
export class PendingRequests {
  private readonly requests = new Map<string, PendingRequest>();

  constructor(private readonly timeoutMs: number) {}

  get size(): number {
    return this.requests.size;
  }

  /** Registers a request that is about to be sent to `entity`. */
  add(requestId: string, entity: string, answer: Answer, wire?: Wire): PendingRequest {
    const { timeoutMs } = this;
    const request = new PendingRequest(
      answer,
      timeoutMs,
      () => request.fail(new RequestTimeoutError(entity, requestId, timeoutMs)),
      () => this.requests.delete(requestId),
      wire,
    );
    this.requests.set(requestId, request);
    return request;
  }

  /** Hands a reply to its request, or drops it if the request no longer waits. */
  receive(message: ServiceBusReceivedMessage): void {
    const request = this.requests.get(requestIdOf(message));
    if (request) this.handOver(message, request);
    else void this.receiveEnclosed(message);
  }

  private handOver(message: ServiceBusReceivedMessage, request: PendingRequest): void {
    if (!request.wire) request.receive(readReply(message));
    else void readReplyBy(message, request.wire).then((reply) => request.receive(reply));
  }

  /** The ids of some responders are in their envelopes. */
  private async receiveEnclosed(message: ServiceBusReceivedMessage): Promise<void> {
    for (const wire of this.wires()) {
      const id = await enclosedRequestId(message, wire);
      const request = id === undefined ? undefined : this.requests.get(id);
      if (request) return this.handOver(message, request);
    }
  }

  private wires(): Wire[] {
    const wires = new Map<unknown, Wire>();
    for (const { wire } of this.requests.values()) {
      if (wire?.formats[0]) wires.set(wire.formats[0], wire);
    }
    return [...wires.values()];
  }

  failAll(error: Error): void {
    for (const request of [...this.requests.values()]) request.fail(error);
  }
}
