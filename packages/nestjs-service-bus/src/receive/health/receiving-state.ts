import { type Logger } from '@nestjs/common';

import { errorCode } from '../../sdk/index.js';
import { type ConsumerHealth } from './consumer-health.js';

/** Who wants to know whether the binding receives. */
export interface ConsumerObserver {
  receiving(): void;
  failing(error: Error): void;
}

const PROOF_MS = 200;

/** Whether a binding receives, and if not, why; told to the log and to an observer. */
export class ReceivingState {
  error?: Error;

  constructor(
    private readonly name: string,
    private readonly logger: Logger,
    private readonly observer: ConsumerObserver,
  ) {}

  /** By what the broker said last, and whether a link is open. */
  health(isReceiving: boolean): Pick<ConsumerHealth, 'state' | 'error'> {
    const { error } = this;
    if (!error) return { state: isReceiving ? 'receiving' : 'connecting' };
    return { state: 'failing', error: { code: errorCode(error) ?? error.name, message: error.message } };
  }

  opened(link: { readonly isOpen: boolean }): void {
    if (!this.error) return this.observer.receiving();
    // The broker opens a link before it refuses it: an error is over when the link has lasted.
    setTimeout(() => {
      if (!link.isOpen || !this.error) return;
      this.error = undefined;
      this.logger.log(`${this.name}: receiving again`);
      this.observer.receiving();
    }, PROOF_MS).unref();
  }

  lost(): void {
    this.observer.receiving();
  }

  failed(error: Error): void {
    // Messages differ from time to time in what they are tracked by.
    const isNew = !this.error || errorCode(this.error) !== errorCode(error);
    this.error = error;
    if (isNew) this.logger.error(`${this.name}: not receiving, keeps trying: ${error.message}`);
    this.observer.failing(error);
  }
}
