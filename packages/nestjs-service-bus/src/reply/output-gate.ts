import { InterruptedSendError, type Sending } from '../sdk/index.js';

interface Waiting {
  readonly sending: Sending;
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

/** Holds back the sends to a destination that takes nothing: one of them tries it after each pause. */
export class OutputGate {
  private waiting: Waiting[] = [];
  private timer?: NodeJS.Timeout;

  /** `abandoned` is called when a pause is over and nobody is there to try. */
  constructor(private readonly abandoned: () => void) {}

  /** Resolves when it is this one's turn to try, or the gate is open again. */
  pass(sending: Sending): Promise<void> {
    return new Promise((admit, refuse) => this.waiting.push({ sending, admit, refuse }));
  }

  shut(pauseMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.admitOne(), pauseMs);
  }

  open(): void {
    clearTimeout(this.timer);
    this.sendAway();
    for (const { admit } of this.waiting.splice(0)) admit();
  }

  /** Sends all away who wait. */
  close(error: Error): void {
    clearTimeout(this.timer);
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
