import { InterruptedSendError, type Sending } from '../sdk/index.js';
import { type Clock, type Timer } from '../time/clock.js';
import { startTimer } from '../time/timer.js';

interface Waiting {
  readonly sending: Sending;
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

/** Holds back the sends to a destination that takes nothing: one of them tries it after each pause. */
export class OutputGate {
  private waiting: Waiting[] = [];
  private timer?: Timer;

  /** `abandoned` is called when a pause is over and nobody is there to try. */
  constructor(
    private readonly clock: Clock,
    private readonly abandoned: () => void,
  ) {}

  /** Resolves when it is this one's turn to try, or the gate is open again. */
  pass(sending: Sending): Promise<void> {
    sending.isHeldBack = true;
    return new Promise((resolve, reject) => {
      // At once: whoever looks must not take it for one that still waits.
      const goOn = (): void => void (sending.isHeldBack = false);
      this.waiting.push({
        sending,
        admit: () => (goOn(), resolve()),
        refuse: (error) => (goOn(), reject(error)),
      });
    });
  }

  shut(pauseMs: number): void {
    this.timer?.cancel();
    this.timer = startTimer(this.clock, pauseMs, () => this.admitOne());
  }

  open(): void {
    this.timer?.cancel();
    this.sendAway();
    for (const { admit } of this.waiting.splice(0)) admit();
  }

  /** Sends all away who wait. */
  close(error: Error): void {
    this.timer?.cancel();
    for (const { refuse } of this.waiting.splice(0)) refuse(error);
  }

  private admitOne(): void {
    this.sendAway();
    const next = this.waiting.shift();
    if (next) next.admit();
    else this.abandoned();
  }

  /** Those whose messages were lost while they waited: their outputs are the next deliveries' to send. */
  private sendAway(): void {
    const gone = this.waiting.filter(({ sending }) => sending.isInterrupted);
    this.waiting = this.waiting.filter(({ sending }) => !sending.isInterrupted);
    for (const { refuse } of gone) refuse(new InterruptedSendError());
  }
}
