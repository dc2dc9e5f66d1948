import { type ModelCommand } from './model-command.js';
import { type ModelRun } from './model-run.js';
import { ENTITIES, TOPIC } from './entities.js';

/** Updates an entity: what its new settings forbid must end, and what has to be forwarded must go on. */
export function updateEntity(
  run: ModelRun,
  { queue: choice, change }: Extract<ModelCommand, { type: 'update' }>,
): void {
  const addresses = Object.keys(ENTITIES);
  const address = addresses[choice % addresses.length] ?? 'plain';
  const queues = ['', '/$DeadLetterQueue', '/$Transfer/$DeadLetterQueue'].map((part) =>
    run.oracle.queue(`${address}${part}`),
  );
  const [main] = queues;
  if (!main) return;
  // The model refuses this, or it is a circle that only the hop limit ends.
  if (change.forwardTo !== undefined && (main.hasSessions || address === 'unique')) return;

  // Two copies of a message must not meet in a queue: the oracle identifies messages by their key.
  const isForwarded = change.forwardTo !== undefined || change.forwardDeadLettersTo !== undefined;
  if (isForwarded && address.startsWith(TOPIC)) return;

  const { settings } = main;
  Object.assign(settings, change);
  for (const queue of queues) {
    if (queue.closed === undefined && !queue.isForwarding) continue;
    for (const receiver of [...queue.receivers]) {
      const { sessionId } = receiver;
      run.dismiss(receiver);
      if (sessionId !== undefined) run.oracle.freeSession(queue, sessionId, false);
    }
  }
  run.oracle.settleIn(main);

  const { entity } = run.scene.namespace.source(address);
  const description = {
    lockDurationMs: settings.lockDurationMs,
    maxDeliveryCount: settings.maxDeliveryCount,
    defaultMessageTimeToLiveMs: settings.timeToLiveMs,
    deadLetteringOnMessageExpiration: settings.deadLettersExpired,
    status: settings.status,
    forwardTo: settings.forwardTo,
    forwardDeadLetteredMessagesTo: settings.forwardDeadLettersTo,
  };
  if (entity.kind === 'queue') entity.update(run.nowMs, { ...entity.description, ...description });
  else entity.update(run.nowMs, { ...entity.description, ...description });
  run.settle();
}
