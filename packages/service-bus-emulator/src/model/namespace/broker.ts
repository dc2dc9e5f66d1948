import { type Effect } from '../queue/effect.js';
import { type Namespace } from './namespace.js';

/** Tells the broker the time. */
export interface Clock {
  /** Returns Unix time in milliseconds; never goes back. */
  now(): number;
  /** Calls `ring` once at this time (Infinity: never); a new alarm replaces the one before. */
  setAlarm(atMs: number, ring: () => void): void;
}

/** Drives a namespace: passes the time to each command, carries out effects, wakes up at deadlines. */
export class Broker {
  #alarmAtMs = Infinity;
  #running = false;

  constructor(
    readonly namespace: Namespace,
    readonly clock: Clock,
    /** Called with what a receiver's port throws. Only that receiver is detached; others go on. */
    private readonly portFailed: (error: unknown) => void = () => undefined,
    /** Calls `done` once everything accepted so far is durable; at once for a broker in memory. */
    readonly whenDurable: (done: () => void) => void = (done) => done(),
  ) {}

  /** Runs one command at the present time; errors of the command pass through. */
  command<T>(action: (nowMs: number) => T): T {
    // A port may issue a command while effects are carried out: it becomes part of the running command.
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
    // The receiver has been detached since, which ended its lock: another one may hold the message by now.
    if (effect.type === 'deliver' && effect.message.lockId !== effect.lockId) return;
    try {
      carryOut(effect);
    } catch (error) {
      // The client could never settle its messages over a failing port: release them.
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
