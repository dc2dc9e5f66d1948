import { runningTelemetry, setRunningTelemetry } from '../telemetry/running-telemetry.js';
import { isPrimaryMessage, tellPrimary } from './worker-message.js';

/** Longer than the primary waits for the other workers. */
const TIMEOUT_MS = 3_000;

/**
 * Makes this worker serve the metrics of all workers, because a scraper cannot choose which one it reaches. If the
 * primary does not answer, it serves its own.
 */
export function shareMetrics(): void {
  const telemetry = runningTelemetry();
  if (!telemetry?.metricsText) return;
  const ownText = telemetry.metricsText;
  const waiting = new Map<number, (text: string) => void>();
  let lastId = 0;
  process.on('message', (message) => {
    if (!isPrimaryMessage(message) || message.kind === 'stop') return;
    const { id } = message;
    if (message.kind === 'all-metrics') waiting.get(id)?.(message.text);
    else void ownText().then((text) => tellPrimary({ kind: 'metrics', id, text }));
  });
  const allText = async (): Promise<string> => {
    const id = ++lastId;
    let timer: NodeJS.Timeout | undefined;
    try {
      const answer = new Promise<string>((resolve) => waiting.set(id, resolve));
      const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, TIMEOUT_MS, undefined)));
      await tellPrimary({ kind: 'want-all-metrics', id });
      return (await Promise.race([answer, late])) ?? (await ownText());
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  };
  setRunningTelemetry({ ...telemetry, metricsText: allText });
}
