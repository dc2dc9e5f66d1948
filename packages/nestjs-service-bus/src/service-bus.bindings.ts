import { Injectable } from '@nestjs/common';

import { bindingName, type BindingPattern } from './binding/pattern.js';
import { DrainedError } from './exceptions/drained.error.js';
import { type ConsumerHealth } from './receive/health/consumer-health.js';
import { ServiceBusServer } from './service-bus.server.js';

/** Options of `ServiceBusBindings.pause`. */
export interface PauseOptions {
  /** For the log and for health: why, and by whom. */
  readonly reason?: string | undefined;
}

/**
 * Pauses and resumes bindings of this process while it runs. A pause ends with the process, and other instances of the
 * application go on. To be injected.
 */
@Injectable()
export class ServiceBusBindings {
  /** @internal */
  constructor(private readonly server: ServiceBusServer) {}

  /** The state of each binding, the same as in `ServiceBusServer.health()`; empty before the start. */
  list(): ConsumerHealth[] {
    return this.server.health();
  }

  /**
   * Has a binding receive nothing until `resume`. Handlers that run finish; messages that wait for one go back to the
   * broker, and nobody has failed on them; sessions are released. Resolves when nothing more can come. A binding that is
   * paused stays paused. Asked for before the start, it holds from the start on.
   *
   * @throws BindingNotFoundError if no binding of this process has the pattern
   */
  async pause(pattern: BindingPattern, { reason }: PauseOptions = {}): Promise<void> {
    await this.server.control.pause(bindingName(pattern), reason);
  }

  /**
   * Ends a pause. A binding that is not paused goes on as it is.
   *
   * @throws BindingNotFoundError if no binding of this process has the pattern
   * @throws DrainedError if the application is shutting down
   */
  resume(pattern: BindingPattern): void {
    if (this.server.isDraining) throw new DrainedError();
    this.server.control.resume(bindingName(pattern));
  }
}
