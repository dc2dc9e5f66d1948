import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type Answer, PendingRequest } from './pending-request.js';
import { readReply, requestIdOf } from './read-reply.js';
import { RequestTimeoutError } from './request-timeout.error.js';

/** All requests of one client that wait for replies, by id. */
export class PendingRequests {
  private readonly requests = new Map<string, PendingRequest>();

  constructor(private readonly timeoutMs: number) {}

  get size(): number {
    return this.requests.size;
  }

  /** Registers a request that is about to be sent to `entity`. */
  add(requestId: string, entity: string, answer: Answer): PendingRequest {
    const { timeoutMs } = this;
    const request = new PendingRequest(
      answer,
      timeoutMs,
      () => request.fail(new RequestTimeoutError(entity, requestId, timeoutMs)),
      () => this.requests.delete(requestId),
    );
    this.requests.set(requestId, request);
    return request;
  }

  /** Hands a reply to its request, or drops it if the request no longer waits. */
  receive(message: ServiceBusReceivedMessage): void {
    this.requests.get(requestIdOf(message))?.receive(readReply(message));
  }

  failAll(error: Error): void {
    for (const request of [...this.requests.values()]) request.fail(error);
  }
}
