/** What a worker tells its primary: that it works, on which HTTP port, or why it does not; and its metrics. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'metrics'; readonly id: number; readonly text: string }
  | { readonly kind: 'want-all-metrics'; readonly id: number };

/** What a primary tells a worker: to finish what is in work and end; to send its metrics; and those of all. */
export type PrimaryMessage =
  | { readonly kind: 'stop' }
  | { readonly kind: 'want-metrics'; readonly id: number }
  | { readonly kind: 'all-metrics'; readonly id: number; readonly text: string };

type MessageOf<Messages extends { kind: string }> = { [Kind in Messages['kind']]: readonly string[] };

const OF_WORKERS: MessageOf<WorkerMessage> = {
  ready: ['port'],
  failed: ['reason'],
  metrics: ['id', 'text'],
  'want-all-metrics': ['id'],
};
const OF_PRIMARIES: MessageOf<PrimaryMessage> = {
  stop: [],
  'want-metrics': ['id'],
  'all-metrics': ['id', 'text'],
};

/** Tells the primary; resolves once it has been handed over. */
export function tellPrimary(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    // A primary that is gone is told nothing: the disconnect ends the worker.
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/** A message of a worker; anything else on the channel, from a library, say, is none. */
export function isWorkerMessage(message: unknown): message is WorkerMessage {
  return fits(message, OF_WORKERS);
}

/** A message of the primary; anything else on the channel is none. */
export function isPrimaryMessage(message: unknown): message is PrimaryMessage {
  return fits(message, OF_PRIMARIES);
}

function fits(message: unknown, kinds: Readonly<Record<string, readonly string[]>>): boolean {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false;
  if (typeof message.kind !== 'string' || !Object.hasOwn(kinds, message.kind)) return false;
  return kinds[message.kind]?.every((field) => field in message) ?? false;
}
