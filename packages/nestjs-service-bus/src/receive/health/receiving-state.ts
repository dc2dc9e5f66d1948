import { type Logger } from '@nestjs/common';

import { describeRefusal, errorCode } from '../../sdk/index.js';
import { type Clock } from '../../time/clock.js';
import { type ConsumerHealth } from './consumer-health.js';
import { ReceiverLog } from './receiver-log.js';

/** Told whether the binding receives. */
export interface ConsumerObserver {
  receiving(): void;
  failing(error: Error): void;
}

const STABLE_MS = 200;

/** Whether a binding receives, and if not, why. Reports changes to the log and to an observer. */
export class ReceivingState {
  error?: Error | undefined;
  readonly log: ReceiverLog;

  constructor(
    private readonly name: string,
    private readonly logger: Logger,
    private readonly observer: ConsumerObserver,
    private readonly clock: Clock,
  ) {
    this.log = new ReceiverLog(name, logger, clock);
  }

  /** The state, from the last error and from whether a link is open. */
  health(isReceiving: boolean): Pick<ConsumerHealth, 'state' | 'error'> {
    const { error } = this;
    if (!error) return { state: isReceiving ? 'receiving' : 'connecting' };
    return { state: 'failing', error: { code: errorCode(error) ?? error.name, message: error.message } };
  }

  opened(link: { readonly isOpen: boolean; readonly isRetired: boolean }): void {
    if (!this.error) this.observer.receiving();
    if (!this.error && this.log.isConnected) return;
    const openedAtMs = this.clock.now();
    // The broker opens a link before it refuses it: the error is over only once the link has stayed open. One that was
    // retired meanwhile, by a pause for instance, only settles what it holds.
    setTimeout(() => {
      if (!link.isOpen || link.isRetired) return;
      this.log.connected(openedAtMs);
      if (!this.error) return;
      this.error = undefined;
      this.observer.receiving();
    }, STABLE_MS).unref();
  }

  /** A link was lost, the only one unless the binding is receiving all the same. */
  lost(isReceiving: boolean): void {
    if (!isReceiving) this.log.lost();
    this.observer.receiving();
  }

  /** Nothing is to be received: what was wrong shows again after the pause, if it is not over by then. */
  paused(): void {
    this.error = undefined;
    this.observer.receiving();
  }

  resumed(): void {
    this.log.resumed();
    this.observer.receiving();
  }

  failed(error: Error): void {
    // Compare codes, not messages: a message contains a tracking id that changes each time.
    const isNew = !this.error || errorCode(this.error) !== errorCode(error);
    this.error = error;
    this.log.failed();
    if (isNew) {
      this.logger.error(`${this.name}: not receiving, keeps trying: ${describeRefusal(error, 'Listen')}`);
    }
    this.observer.failing(error);
  }
}
