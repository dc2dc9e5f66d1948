import { type Effect } from '../queue/effect.js';
import { type Namespace } from './namespace.js';

/** Time as the broker is given it. */
export interface Clock {
  /** Unix time in milliseconds; never goes back. */
  now(): number;
  /** Rings once at this time (Infinity: never); a new call replaces the one before. */
  setAlarm(atMs: number, ring: () => void): void;
}

/** Drives a namespace: gives each command the time, carries out effects, wakes up for deadlines. */
export class Broker {
  #alarmAtMs = Infinity;
  #running = false;

  constructor(
    readonly namespace: Namespace,
    readonly clock: Clock,
    /** Told of what a receiver's port throws, which costs that receiver its place and disturbs nobody else. */
    private readonly portFailed: (error: unknown) => void = () => undefined,
    /** Calls back once all that has been accepted so far is kept; at once for a broker in memory. */
    readonly whenDurable: (done: () => void) => void = (done) => done(),
  ) {}

  /** Runs one command at the present time; what it throws passes through. */
  command<T>(action: (nowMs: number) => T): T {
    // A port that gives a command while effects are carried out joins the one that is running.
    if (this.#running) return action(this.clock.now());
    this.#running = true;
    try {
      const nowMs = this.clock.now();
      this.namespace.advance(nowMs);
      return action(nowMs);
    } finally {
      this.#carryOutEffects();
      this.#running = false;
      this.#setAlarm();
    }
  }

  /** Does what has become due. */
  wake(): void {
    this.command(() => undefined);
  }

  close(): void {
    this.clock.setAlarm(Infinity, () => undefined);
  }

  #carryOutEffects(): void {
    for (
      let effects = this.namespace.takeEffects();
      effects.length > 0;
      effects = this.namespace.takeEffects()
    ) {
      for (const effect of effects) this.#carryOut(effect);
    }
  }

  #carryOut(effect: Effect): void {
    const { receiver } = effect;
    // Its lock has ended already, with the receiver's place: somebody else may have the message by now.
    if (effect.type === 'deliver' && effect.message.lockId !== effect.lockId) return;
    try {
      carryOut(effect);
    } catch (error) {
      // Whatever the client holds could never be settled over a port that fails.
      receiver.queue.detach(this.clock.now(), receiver, true);
      this.portFailed(error);
    }
  }

  #setAlarm(): void {
    const atMs = this.namespace.nextDeadlineMs;
    if (atMs === this.#alarmAtMs) return;
    this.#alarmAtMs = atMs;
    this.clock.setAlarm(atMs, () => {
      this.#alarmAtMs = Infinity;
      this.wake();
    });
  }
}

function carryOut(effect: Effect): void {
  const { port } = effect.receiver;
  switch (effect.type) {
    case 'deliver':
      return port.deliver(effect.message);
    case 'drained':
      return port.drained(effect.unusedCredit);
    case 'session-granted':
      return port.sessionGranted(effect.session);
    case 'detach':
      return port.detached(effect.error);
  }
}
