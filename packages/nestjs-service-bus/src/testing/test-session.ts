import { ServiceBusError } from '@azure/service-bus';

/** A session that is held, and whose state is kept as Service Bus does: as JSON, or as bytes. */
export class TestSession {
  /** As it would be read now. */
  state: unknown = null;
  private isLost = false;

  constructor(
    readonly sessionId: string,
    state: unknown,
  ) {
    this.state = asKept(state);
  }

  getSessionState(): Promise<unknown> {
    return this.held(() => this.state);
  }

  setSessionState(state: unknown): Promise<void> {
    return this.held(() => void (this.state = asKept(state)));
  }

  lose(): void {
    this.isLost = true;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what work throws is a rejection
  private async held<Result>(work: () => Result): Promise<Result> {
    if (this.isLost) throw new ServiceBusError('the session lock has expired', 'SessionLockLost');
    return work();
  }
}

function asKept(state: unknown): unknown {
  if (Buffer.isBuffer(state)) return state;
  return JSON.parse(JSON.stringify(state ?? null)) as unknown;
}
