import { type Logger } from '@nestjs/common';

import { type Clock } from '../../time/clock.js';

/** Tells the log of a receiver's life, each time with how long it took: connected, lost, back, drained. */
export class ReceiverLog {
  private state: 'new' | 'connected' | 'lost' = 'new';
  /** When the state was entered. */
  private sinceMs: number;

  constructor(
    private readonly name: string,
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {
    this.sinceMs = clock.now();
  }

  get isConnected(): boolean {
    return this.state === 'connected';
  }

  connected(atMs: number): void {
    if (this.isConnected) return;
    const again = this.state === 'new' ? '' : ' again';
    this.logger.log(`${this.name}: receiving${again}, after ${Math.round(atMs - this.sinceMs)} ms`);
    this.state = 'connected';
  }

  lost(): void {
    if (this.isConnected) this.logger.log(`${this.name}: the link was lost, another is being opened`);
    this.failed();
  }

  /** As above, where the error is told already. */
  failed(): void {
    if (!this.isConnected) return;
    this.state = 'lost';
    this.sinceMs = this.clock.now();
  }

  /** A pause is over, and a link is being opened. */
  resumed(): void {
    if (this.isConnected) this.state = 'lost';
    this.sinceMs = this.clock.now();
  }

  /** Returns what tells that the drain is over, with how many of the messages in work were given back. */
  drainBegins(inWork: number): (givenBack: number) => void {
    const startedAtMs = this.clock.now();
    this.logger.log(`${this.name}: receives no more, ${inWork} messages in work`);
    return (givenBack) => {
      const tookMs = Math.round(this.clock.now() - startedAtMs);
      this.logger.log(
        `${this.name}: drained in ${tookMs} ms: ${inWork - givenBack} finished, ${givenBack} given back`,
      );
    };
  }
}
