import { type ServiceBusClient } from '@azure/service-bus';

import { type AttemptCounting } from '../../delivery/attempts.js';
import { type Delivery } from '../../delivery/delivery.js';
import { giveBack } from '../../delivery/give-back.js';
import { type LockRenewer } from '../../delivery/lock-renewer.js';
import { RedriveDelivery } from '../../delivery/redrive-delivery.js';
import { DrainedError } from '../../exceptions/drained.error.js';
import { type BindingRuntime, type MessageRuntime } from '../../message/binding-runtime.js';
import { acceptSession, type ClientSource, createReceiver, readReceived, Settler } from '../../sdk/index.js';
import { within } from '../../time/within.js';
import { Capacity } from '../concurrency/capacity.js';
import { type Dispatcher, SingleDispatcher } from '../concurrency/dispatcher.js';
import { type Rate } from '../concurrency/rate.js';
import { Slots } from '../concurrency/slots.js';
import { InWork } from '../links/in-work.js';
import { type HeldDeadLetter, type RedriveOutcome } from './redrive.js';
import { RedriveRoom } from './redrive-room.js';
import { type HeldSession, SessionTurns } from './session-turns.js';

const LAST_SETTLEMENTS_MS = 2_000;

/**
 * Has dead letters of one binding handled where they are: they go the way of every message, their locks are kept, their
 * handlers share the binding's slots, and what fails is tried again as the binding says, with attempts counted from 1.
 */
export class Redriver {
  private readonly runtime: MessageRuntime;
  private readonly counting: AttemptCounting;
  private readonly room: RedriveRoom;
  private readonly dispatcher: Dispatcher;
  /** Of the binding's slots dead letters take no more than half: live messages go on. */
  private readonly turns: Slots;
  private readonly sessions: SessionTurns | undefined;
  private readonly inWork = new InWork();
  private client?: ServiceBusClient;
  private settler?: Settler;
  private isDraining = false;
  private isPaused = false;

  constructor(
    private readonly clients: ClientSource,
    private readonly locks: LockRenewer,
    runtime: BindingRuntime,
    private readonly capacity: Capacity,
    makeDispatcher: (runtime: MessageRuntime) => Dispatcher,
  ) {
    const { binding, clock } = runtime;
    const { retry, maxConcurrentCalls, batch, sessions } = binding;
    this.room = new RedriveRoom(clock, retry.maxHoldMs);
    this.counting = { ...runtime.counting, isRedriven: true };
    this.runtime = {
      ...runtime,
      // Copies for later would go to the entity, and through it once more.
      binding: { ...binding, retry: { ...retry, maxHoldMs: Infinity } },
      counting: this.counting,
      waitingRoom: this.room,
    };
    this.dispatcher = makeDispatcher(this.runtime);
    this.turns = new Slots(Math.ceil(maxConcurrentCalls / 2) * (batch?.maxMessages ?? 1));
    this.sessions = sessions && new SessionTurns((id) => acceptSession(clients.current, binding, id), locks);
  }

  /** For a binding whose live messages take no slots: dead letters have some of their own. */
  static withSlots(
    clients: ClientSource,
    locks: LockRenewer,
    runtime: BindingRuntime,
    rate: Rate | undefined,
  ): Redriver {
    const held = { inWork: new Set<Delivery>(), waitingForRetry: 0 };
    const capacity = new Capacity(runtime.binding, runtime, held, () => undefined, undefined, rate);
    const dispatcherOf = (own: MessageRuntime): Dispatcher =>
      new SingleDispatcher(capacity, own, () => undefined);
    return new Redriver(clients, locks, runtime, capacity, dispatcherOf);
  }

  /** Has a dead letter handled; its lock is ours from now on. */
  async redrive(deadLetter: HeldDeadLetter): Promise<RedriveOutcome> {
    const first = this.begin(deadLetter, 1);
    if (this.isPaused) return this.end(first);
    const { sessionId } = first.message;
    if (!this.sessions || sessionId === undefined) return this.attempts(first, deadLetter);
    const outcome = await this.sessions.run(sessionId, (session) =>
      this.attempts(first, deadLetter, session),
    );
    return outcome ?? this.end(first, `somebody else holds its session, ${sessionId}`);
  }

  /** Begins nothing until `resume`, and gives back what waits for its handler. */
  pause(): void {
    this.isPaused = true;
    this.turns.close();
    this.capacity.pause();
    this.dispatcher.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.turns.reopen();
    this.capacity.resume();
    this.dispatcher.resume();
  }

  /** Begins nothing more, and waits for handlers; gives back what they are not done with after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.isDraining = true;
    this.turns.close();
    this.capacity.close();
    this.dispatcher.close();
    this.sessions?.close();
    this.room.close();
    if ((await within(graceMs, this.inWork.idle())) === 'late') {
      for (const delivery of this.inWork) {
        delivery.interrupt(new DrainedError());
        if (delivery instanceof RedriveDelivery && !delivery.isSettling) delivery.endWaiting();
      }
      await within(LAST_SETTLEMENTS_MS, this.inWork.idle());
    }
    await within(LAST_SETTLEMENTS_MS, this.settler?.close() ?? Promise.resolve());
  }

  private async attempts(
    first: RedriveDelivery,
    deadLetter: HeldDeadLetter,
    session?: HeldSession,
  ): Promise<RedriveOutcome> {
    for (let delivery = first; ; delivery = this.begin(deadLetter, delivery.attempt + 1, delivery)) {
      if (session) hold(session, delivery);
      // A drain that waits no longer ends its wait, whatever its handler does.
      await Promise.race([this.attempt(delivery), delivery.waited]);
      if (delivery.isToBeRetried) await delivery.waited;
      if (session?.isLost) return this.end(delivery, 'its session was lost');
      if (!delivery.isToBeRetried || delivery.isInterrupted || this.isDraining) return this.end(delivery);
    }
  }

  private async attempt(delivery: RedriveDelivery): Promise<void> {
    const { capacity, dispatcher, turns } = this;
    if (!(await turns.take())) return;
    try {
      do {
        if (delivery.state !== 'open') return;
        capacity.arrived(delivery);
        // A live message that has waited too long for its slot goes back to the broker: this one waits on.
      } while (!(await dispatcher.dispatch(delivery)) && !this.isDraining && !this.isPaused);
    } finally {
      turns.release();
    }
  }

  private begin(deadLetter: HeldDeadLetter, attempt: number, previous?: RedriveDelivery): RedriveDelivery {
    const settler = this.currentSettler();
    // Anew for each attempt: the one before may have changed it.
    const message = readReceived(deadLetter.bytes, deadLetter.lockToken, settler.receiver);
    const lockedUntil = previous?.message.lockedUntilUtc ?? deadLetter.lockedUntil;
    if (lockedUntil) message.lockedUntilUtc = lockedUntil;
    const delivery = new RedriveDelivery(message, settler, this.counting, attempt);
    this.runtime.observer?.received(delivery);
    this.inWork.add(delivery);
    this.locks.add(delivery);
    if (previous) this.forget(previous);
    return delivery;
  }

  /** What is not settled by now goes back as it was. */
  private async end(delivery: RedriveDelivery, why?: string): Promise<RedriveOutcome> {
    if (delivery.state === 'open') await giveBack(delivery, delivery.attempt - 1);
    this.forget(delivery);
    if (delivery.state === 'lost') return { kind: 'lost' };
    const { ending, attempt } = delivery;
    switch (ending?.kind) {
      case 'complete':
        return { kind: 'handled' };
      case 'dead-letter':
        return { kind: 'failed', reason: ending.reason, description: ending.description, attempt };
      case 'defer':
        return { kind: 'failed', reason: 'Deferred', description: 'its handler has deferred it', attempt };
      default: {
        return { kind: 'given-back', reason: why ?? this.whyGivenBack() };
      }
    }
  }

  private whyGivenBack(): string {
    if (this.isDraining) return 'the service is shutting down';
    return this.isPaused ? 'the binding is paused' : 'its handler has given it back';
  }

  private forget(delivery: RedriveDelivery): void {
    this.locks.remove(delivery);
    this.capacity.ended(delivery);
    this.inWork.delete(delivery);
  }

  /** Settles by lock token, on the connection that works at the time. */
  private currentSettler(): Settler {
    const { client, clients } = this;
    if (this.settler && client === clients.current) return this.settler;
    const earlier = this.settler;
    this.client = clients.acquire();
    const { entity, subscription } = this.runtime.binding;
    const deadLetters = { entity, subscription, subQueueType: 'deadLetter' } as const;
    const settler = new Settler(createReceiver(this.client, deadLetters));
    this.settler = settler;
    for (const delivery of this.inWork) delivery.linkLost(settler);
    if (client) clients.release(client);
    void within(LAST_SETTLEMENTS_MS, earlier?.close() ?? Promise.resolve());
    return settler;
  }
}

/** A handler whose session is lost is told to stop; its dead letter goes back. */
function hold(session: HeldSession, delivery: RedriveDelivery): void {
  delivery.session = session.receiver;
  session.onLost = (cause) =>
    delivery.interrupt(cause instanceof Error ? cause : new Error('the session was lost', { cause }));
}
