import { type WorkerMessage } from './worker-message.js';
import { type WorkerProcess } from './worker-process.js';

/** A worker that takes longer is left out. */
const TIMEOUT_MS = 2_000;

let lastId = 0;

/** Collects the metrics of all workers at the same time, by their numbers. */
export async function collectMetrics(
  workers: ReadonlyMap<number, WorkerProcess>,
): Promise<ReadonlyMap<number, string>> {
  const ready = [...workers].filter(([, worker]) => worker.isReady).sort(([one], [other]) => one - other);
  const pages = await Promise.all(
    ready.map(async ([number, worker]) => [number, await ask(worker)] as const),
  );
  return new Map(pages.filter((page): page is readonly [number, string] => page[1] !== undefined));
}

function ask(worker: WorkerProcess): Promise<string | undefined> {
  const id = ++lastId;
  return new Promise((resolve) => {
    const answer = (text?: string): void => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('end', onEnd);
      resolve(text);
    };
    const onMessage = (message: WorkerMessage): void => {
      if (message.kind === 'metrics' && message.id === id) answer(message.text);
    };
    const onEnd = (): void => answer();
    const timer = setTimeout(answer, TIMEOUT_MS);
    worker.on('message', onMessage).on('end', onEnd);
    worker.tell({ kind: 'want-metrics', id });
  });
}
