import { type Logger } from '@nestjs/common';

import { errorCode } from '../../sdk/index.js';
import { type ConsumerHealth } from './consumer-health.js';

/** Told whether the binding receives. */
export interface ConsumerObserver {
  receiving(): void;
  failing(error: Error): void;
}

const STABLE_MS = 200;

/** Whether a binding receives, and if not, why. Reports changes to the log and to an observer. */
export class ReceivingState {
  error?: Error;

  constructor(
    private readonly name: string,
    private readonly logger: Logger,
    private readonly observer: ConsumerObserver,
  ) {}

  /** The state, from the last error and from whether a link is open. */
  health(isReceiving: boolean): Pick<ConsumerHealth, 'state' | 'error'> {
    const { error } = this;
    if (!error) return { state: isReceiving ? 'receiving' : 'connecting' };
    return { state: 'failing', error: { code: errorCode(error) ?? error.name, message: error.message } };
  }

  opened(link: { readonly isOpen: boolean }): void {
    if (!this.error) return this.observer.receiving();
    // The broker opens a link before it refuses it: the error is over only once the link has stayed open.
    setTimeout(() => {
      if (!link.isOpen || !this.error) return;
      this.error = undefined;
      this.logger.log(`${this.name}: receiving again`);
      this.observer.receiving();
    }, STABLE_MS).unref();
  }

  lost(): void {
    this.observer.receiving();
  }

  failed(error: Error): void {
    // Compare codes, not messages: a message contains a tracking id that changes each time.
    const isNew = !this.error || errorCode(this.error) !== errorCode(error);
    this.error = error;
    if (isNew) this.logger.error(`${this.name}: not receiving, keeps trying: ${error.message}`);
    this.observer.failing(error);
  }
}
