import { ENTITIES, TOPIC, UNIQUE_WINDOW_MS, usual } from './entities.js';
import { OracleQueue, type OracleMessage, type OracleReceiver } from './oracle-queue.js';

const MAX_HOPS = 4;

/** The rules of the broker in their simplest form: it searches everything for everything, and is slow. */
export class Oracle {
  readonly queues = new Map<string, OracleQueue>();
  nowMs = 0;
  readonly #remembered = new Map<string, number>();

  constructor() {
    for (const [address, settings] of Object.entries(ENTITIES)) {
      const own = { ...settings };
      const { hasSessions = false, isPartitioned = false } = settings;
      this.#add(new OracleQueue(address, own, 'main', hasSessions, isPartitioned));
      for (const part of ['/$DeadLetterQueue', '/$Transfer/$DeadLetterQueue']) {
        this.#add(new OracleQueue(`${address}${part}`, own, 'dead-letter', false, isPartitioned));
      }
    }
    this.#add(new OracleQueue(TOPIC, { ...usual }, 'main', false, false));
  }

  queue(address: string): OracleQueue {
    const queue = this.queues.get(address);
    if (!queue) throw new Error(`The oracle has no ${address}.`);
    return queue;
  }

  /** Returns why an entity would refuse a message; undefined if it would not. */
  refusal(target: string, message: OracleMessage): string | undefined {
    const queue = this.queue(target);
    const { status } = queue.settings;
    if (status === 'Disabled' || status === 'SendDisabled') return 'com.microsoft:entity-disabled';
    if (queue.hasSessions && message.sessionId === undefined) return 'amqp:not-allowed';
    return undefined;
  }

  /** Returns why an entity would refuse messages that are sent together; undefined if it would not. */
  refusalOfAll(target: string, messages: readonly OracleMessage[]): string | undefined {
    const [refusal] = messages.flatMap((message) => this.refusal(target, message) ?? []);
    const isMixed = messages.some(({ sessionId }) => sessionId !== messages[0]?.sessionId);
    return refusal ?? (isMixed && this.queue(target).isPartitioned ? 'amqp:not-allowed' : undefined);
  }

  send(target: string, message: OracleMessage): void {
    const queue = this.queue(target);
    if (ENTITIES[target]?.isUnique === true) {
      if ((this.#remembered.get(message.messageId) ?? -1) > this.nowMs) return;
      this.#remembered.set(message.messageId, this.nowMs + UNIQUE_WINDOW_MS);
    }
    this.#arrive(queue, message);
  }

  #arrive(queue: OracleQueue, message: OracleMessage): void {
    message.state = message.scheduledAtMs > this.nowMs ? 'scheduled' : 'active';
    message.lock = undefined;
    message.deliveryCount = 0;
    message.sequenceNumber = Infinity;
    if (message.state === 'scheduled') {
      queue.messages.set(message.key, message);
    } else if (queue.address === TOPIC) {
      for (const name of ['all', 'red', 'passing']) {
        const isWanted = name !== 'red' || message.isRed;
        if (isWanted) this.#arrive(this.queue(`${TOPIC}/Subscriptions/${name}`), { ...message });
      }
    } else {
      message.expiresAtMs = this.nowMs + Math.min(message.timeToLiveMs, queue.settings.timeToLiveMs);
      this.#wait(queue, message);
    }
  }

  /** Moves an unlocked active message to where it belongs now. */
  #wait(queue: OracleQueue, message: OracleMessage): void {
    queue.messages.delete(message.key);
    const { forwardTo } = queue.settings;
    if (message.expiresAtMs <= this.nowMs) {
      this.expire(queue, message);
    } else if (queue.kind === 'main' && forwardTo !== undefined) {
      if (message.hops < MAX_HOPS && this.refusal(forwardTo, message) === undefined) {
        message.hops += 1;
        this.send(forwardTo, message);
      } else {
        this.#bury(`${queue.address}/$Transfer/$DeadLetterQueue`, message);
      }
    } else {
      queue.messages.set(message.key, message);
    }
  }

  expire(queue: OracleQueue, message: OracleMessage): void {
    queue.messages.delete(message.key);
    if (queue.settings.deadLettersExpired) this.deadLetter(queue, message);
  }

  deadLetter(queue: OracleQueue, message: OracleMessage): void {
    queue.messages.delete(message.key);
    const { forwardDeadLettersTo: target } = queue.settings;
    if (target !== undefined && message.hops < MAX_HOPS && this.refusal(target, message) === undefined) {
      message.hops += 1;
      this.send(target, message);
    } else {
      this.#bury(`${queue.address}/$DeadLetterQueue`, message);
    }
  }

  #bury(address: string, message: OracleMessage): void {
    Object.assign(message, { state: 'active', lock: undefined, expiresAtMs: Infinity });
    this.queue(address).messages.set(message.key, message);
  }

  /** A delivery has failed. */
  fail(queue: OracleQueue, message: OracleMessage, isCounted: boolean): void {
    message.lock = undefined;
    if (isCounted && queue.kind === 'main') {
      message.deliveryCount += 1;
      if (message.deliveryCount >= queue.settings.maxDeliveryCount) return this.deadLetter(queue, message);
    }
    if (message.state === 'active') this.#wait(queue, message);
  }

  /** Moves on messages that may no longer wait where they are. */
  settleIn(queue: OracleQueue): void {
    for (const message of queue.ready()) this.#wait(queue, message);
  }

  freeSession(queue: OracleQueue, sessionId: string, isFailure: boolean): void {
    const session = queue.sessions.get(sessionId);
    if (!session) return;
    queue.sessions.delete(sessionId);
    session.holder.sessionId = undefined;
    for (const message of queue.locked()) {
      if (message.sessionId === sessionId) this.fail(queue, message, isFailure);
    }
  }

  leave(receiver: OracleReceiver): void {
    receiver.isAttached = false;
    receiver.credit = 0;
    receiver.waitsUntilMs = undefined;
    receiver.queue.receivers.delete(receiver);
  }

  /** Unix time in milliseconds at which something is due next. */
  nextDueMs(): number {
    let nextMs = Infinity;
    for (const queue of this.queues.values()) {
      for (const message of queue.messages.values()) nextMs = Math.min(nextMs, dueAtMs(message));
      for (const { untilMs } of queue.sessions.values()) nextMs = Math.min(nextMs, untilMs);
      for (const { waitsUntilMs = Infinity } of queue.receivers) nextMs = Math.min(nextMs, waitsUntilMs);
    }
    return nextMs;
  }

  /** Does everything that is due; returns the receivers that have to be detached because of it. */
  advance(nowMs: number): Set<OracleReceiver> {
    this.nowMs = nowMs;
    const dismissed = new Set<OracleReceiver>();
    for (const queue of this.queues.values()) {
      for (const [sessionId, { holder, untilMs }] of [...queue.sessions]) {
        if (untilMs > nowMs) continue;
        dismissed.add(holder);
        this.leave(holder);
        this.freeSession(queue, sessionId, true);
      }
    }
    const due = [...this.queues.values()].flatMap((queue) =>
      Array.from(queue.messages.values(), (message) => ({ queue, message, atMs: dueAtMs(message) })),
    );
    due.sort((a, b) => a.atMs - b.atMs);
    for (const { queue, message, atMs } of due) if (atMs <= nowMs) this.#doDue(queue, message);
    return dismissed;
  }

  #doDue(queue: OracleQueue, message: OracleMessage): void {
    if (message.lock) return this.fail(queue, message, true);
    if (message.state === 'active') return this.#wait(queue, message);
    queue.messages.delete(message.key);
    this.#arrive(queue, message);
  }

  #add(queue: OracleQueue): void {
    this.queues.set(queue.address, queue);
  }
}

/** When something is due for a message. */
function dueAtMs({ state, scheduledAtMs, lock, expiresAtMs }: OracleMessage): number {
  if (lock) return lock.untilMs;
  if (state === 'scheduled') return scheduledAtMs;
  return state === 'active' ? expiresAtMs : Infinity;
}
