import { type ServiceBusServer } from 'nestjs-service-bus';
import {
  type BindingStatus,
  type ChangeOptions,
  type Desk,
  type HandDeadLetter,
  type HandlersPort,
  type RunResult,
} from 'service-bus-desk';

type BindingHealth = ReturnType<ServiceBusServer['health']>[number];

const UP = new Set<BindingHealth['state']>(['receiving', 'degraded', 'paused']);

/** The handlers of this process, as the desk sees them. */
export class HandlersOfServer implements HandlersPort {
  constructor(
    private readonly desk: Pick<Desk, 'redrive'>,
    private readonly server: Pick<ServiceBusServer, 'health' | 'isDraining' | 'redrive'>,
  ) {}

  bindings(): BindingStatus[] {
    return this.server.health().map(statusOf);
  }

  /** Ends with the service: what it has not come to stays where it is. */
  async redrive(entity: string, options: ChangeOptions): Promise<RunResult> {
    const { DeskError } = await import('service-bus-desk');
    const path = entity.toLowerCase();
    if (!this.server.health().some(({ entityPath }) => entityPath.toLowerCase() === path)) {
      throw new DeskError(`no handler of this process reads ${entity}`, 'bad-input');
    }
    const stopping = new AbortController();
    const handle: HandDeadLetter = (of, deadLetter) => {
      if (this.server.isDraining) stopping.abort(new Error('the service is shutting down'));
      return this.server.redrive(of, deadLetter);
    };
    const signal = AbortSignal.any([stopping.signal, ...(options.signal ? [options.signal] : [])]);
    return this.desk.redrive(entity, handle, { ...options, signal });
  }
}

function statusOf(health: BindingHealth): BindingStatus {
  const {
    pattern,
    entityPath,
    state,
    inWork,
    waitingForRetry,
    maxConcurrentCalls,
    circuit = 'closed',
  } = health;
  const problem = health.error ?? health.outputError;
  const isUp = UP.has(state) && health.outputError === undefined;
  return {
    name: pattern,
    entity: entityPath,
    health: circuit === 'open' || state === 'paused' ? 'paused' : isUp ? 'up' : 'down',
    ...(!isUp && { reason: problem ? `${problem.code}: ${problem.message}` : state }),
    running: Math.min(inWork, maxConcurrentCalls),
    maxConcurrentCalls,
    retriesWaiting: waitingForRetry,
    circuit,
  };
}
