import assert from 'node:assert/strict';

import { BrokerError } from '../../../../src/model/broker-error.js';
import { type Effect } from '../../../../src/model/queue/effect.js';
import { type Message } from '../../../../src/model/queue/message.js';
import { type Queue } from '../../../../src/model/queue/queue.js';
import { partitionOf } from '../../../../src/model/queue/sequence-numbers.js';
import { type Receiver } from '../../../../src/model/queue/receiver.js';
import { checkInvariants } from './check-invariants.js';
import { ModelScene } from '../model-scene.js';
import { createEntities, TOPIC } from './entities.js';
import { keyOf } from './key-of.js';
import { Oracle } from './oracle.js';
import { type OracleMessage, type OracleQueue, type OracleReceiver } from './oracle-queue.js';
import { RecordingJournal } from '../recording-journal.js';

/** A receiver in the model, and what the oracle knows of it. */
export interface AttachedReceiver {
  readonly real: Receiver;
  readonly expected: OracleReceiver;
}

/** One run of the model beside the oracle: what the one does, the other must find right. */
export class ModelRun {
  readonly journal = new RecordingJournal();
  readonly scene = new ModelScene({ journal: this.journal });
  readonly oracle = new Oracle();
  readonly receivers: AttachedReceiver[] = [];
  /** All locks that were ever given. */
  readonly locks: { queue: OracleQueue; lockId: number }[] = [];
  messageCount = 0;
  readonly #real = new Map<OracleQueue, Queue>();
  /** Where messages of a session were stored, by partitioned queue and session. */
  readonly #partitions = new Map<string, number>();
  /** Receivers that the oracle wants to be dismissed by what is going on. */
  #toDismiss = new Set<OracleReceiver>();

  constructor() {
    createEntities(this.scene.namespace);
  }

  get nowMs(): number {
    return this.scene.nowMs;
  }

  real(queue: OracleQueue): Queue {
    const { namespace } = this.scene;
    const isTopic = queue.address === TOPIC;
    const real =
      this.#real.get(queue) ??
      (isTopic ? namespace.topic(TOPIC).scheduled : this.scene.source(queue.address));
    this.#real.set(queue, real);
    return real;
  }

  sessionQueues(): OracleQueue[] {
    return [...this.oracle.queues.values()].filter(({ hasSessions }) => hasSessions);
  }

  /** Those that can be received from without a session. */
  plainQueues(): OracleQueue[] {
    return [...this.oracle.queues.values()].filter(
      ({ hasSessions, address }) => !hasSessions && address !== TOPIC,
    );
  }

  /** Gives a command to the model; it must be refused just as the oracle expects, and only then. */
  attempt<T>(expected: string | undefined, command: () => T): T | undefined {
    let refusal: string | undefined;
    let result: T | undefined;
    try {
      result = command();
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      refusal = error.condition;
    }
    assert.equal(refusal, expected);
    return result;
  }

  dismiss(receiver: OracleReceiver): void {
    this.#toDismiss.add(receiver);
    this.oracle.leave(receiver);
  }

  /** Moves on; either from deadline to deadline, or late and at once. */
  advance(toMs: number, isLate: boolean): void {
    const { namespace } = this.scene;
    while (!isLate && namespace.nextDeadlineMs <= toMs) {
      // Nothing may be forgotten: what is due by the oracle is due by the model.
      assert.ok(this.oracle.nextDueMs() >= namespace.nextDeadlineMs, 'A deadline that the model missed.');
      this.#advance(namespace.nextDeadlineMs);
    }
    this.#advance(toMs);
    assert.ok(this.oracle.nextDueMs() > toMs, 'A deadline that the model missed.');
  }

  #advance(nowMs: number): void {
    this.#toDismiss = this.oracle.advance(nowMs);
    this.scene.nowMs = nowMs;
    this.scene.namespace.advance(nowMs);
    this.settle();
  }

  /** Checks what the last command has caused, and that nothing possible was left undone. */
  settle(): void {
    this.#seeNumbers();
    for (const effect of this.scene.effects()) this.#apply(effect);
    assert.equal(this.#toDismiss.size, 0, 'A receiver that had to be dismissed and was not.');
    this.#seeNumbers();
    this.#expectNothingLeftToDo();
    checkInvariants(this);
  }

  #apply(effect: Effect): void {
    const receiver = this.receivers.find(({ real }) => real === effect.receiver)?.expected;
    if (!receiver) throw new Error('An effect on a receiver that never attached.');
    switch (effect.type) {
      case 'deliver':
        return this.#delivered(receiver, effect.message, effect.lockId);
      case 'drained':
        assert.equal(effect.unusedCredit, receiver.credit);
        receiver.credit = 0;
        return;
      case 'session-granted':
        return this.#granted(receiver, effect.session.id);
      case 'detach':
        return this.#detached(receiver, effect.error);
    }
  }

  #delivered(receiver: OracleReceiver, message: Message, lockId: number): void {
    const { queue, sessionId } = receiver;
    assert.ok(receiver.isAttached, 'A delivery to one that has left.');
    assert.ok(receiver.credit > 0, 'A delivery without credit.');
    this.#seeNumber(queue, message);
    // Of several partitions the model chooses one; within it there is an order.
    const first = queue
      .ready(sessionId)
      .find((ready) => partitionOf(ready.sequenceNumber) === partitionOf(message.sequenceNumber));
    assert.equal(keyOf(message), first?.key, 'A delivery out of turn.');
    if (!first) return;
    receiver.credit -= 1;
    if (!receiver.takesLocks) {
      queue.messages.delete(first.key);
      return;
    }
    this.locked(queue, first, lockId, receiver);
  }

  /** Notes a lock that the model has given. */
  locked(queue: OracleQueue, message: OracleMessage, lockId: number, holder?: OracleReceiver): void {
    const isFresh = lockId > 0 && !this.locks.some((given) => given.lockId === lockId);
    assert.ok(isFresh, 'A lock that was given before.');
    // A session's messages are locked for as long as their session.
    const untilMs = queue.hasSessions ? Infinity : this.nowMs + queue.settings.lockDurationMs;
    message.lock = { lockId, untilMs, holder };
    this.locks.push({ queue, lockId });
  }

  #granted(receiver: OracleReceiver, sessionId: string): void {
    const { queue } = receiver;
    assert.ok(
      receiver.isAttached && receiver.sessionId === undefined,
      'A session for one who cannot have it.',
    );
    assert.ok(!queue.sessions.has(sessionId), 'A session that another one holds.');
    receiver.waitsUntilMs = undefined;
    receiver.sessionId = sessionId;
    queue.sessions.set(sessionId, { holder: receiver, untilMs: this.nowMs + queue.settings.lockDurationMs });
  }

  #detached(receiver: OracleReceiver, { condition }: BrokerError): void {
    if (condition === 'com.microsoft:timeout') {
      assert.ok((receiver.waitsUntilMs ?? Infinity) <= this.nowMs, 'A wait that ended too early.');
      this.oracle.leave(receiver);
    } else {
      assert.ok(this.#toDismiss.delete(receiver), `A receiver dismissed for no reason: ${condition}.`);
    }
  }

  /** Takes over which numbers new messages have got: rising ones, and in dead-letter queues the old ones. */
  #seeNumbers(): void {
    for (const queue of this.oracle.queues.values()) {
      const { store } = this.real(queue);
      if (store.size > 0) for (const message of store.from(0)) this.#seeNumber(queue, message);
    }
  }

  #seeNumber(queue: OracleQueue, message: Message): void {
    const expected = queue.messages.get(keyOf(message));
    if (expected?.sequenceNumber !== Infinity) return;
    expected.sequenceNumber = message.sequenceNumber;
    if (queue.kind === 'main') this.#expectPartition(queue, expected);
  }

  /** A session's messages are in one partition, and what is not partitioned has only one. */
  #expectPartition(
    { address, isPartitioned }: OracleQueue,
    { sessionId, sequenceNumber }: OracleMessage,
  ): void {
    const partition = partitionOf(sequenceNumber);
    if (!isPartitioned) assert.equal(partition, 0);
    if (!isPartitioned || sessionId === undefined) return;
    const key = `${address} ${sessionId}`;
    assert.equal(
      partition,
      this.#partitions.get(key) ?? partition,
      `A session of ${address} in two partitions.`,
    );
    this.#partitions.set(key, partition);
  }

  #expectNothingLeftToDo(): void {
    for (const queue of this.oracle.queues.values()) {
      const isWaitedFor = [...queue.receivers].some(({ waitsUntilMs }) => waitsUntilMs !== undefined);
      if (queue.hasSessions && isWaitedFor) assert.deepEqual(queue.availableSessions(), []);
      for (const { credit, sessionId } of queue.receivers) {
        const mayReceive = credit > 0 && (!queue.hasSessions || sessionId !== undefined);
        if (mayReceive) assert.deepEqual(queue.ready(sessionId), []);
      }
    }
  }
}
