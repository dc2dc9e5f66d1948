import { Logger } from '@nestjs/common';
import { type DiagLogger } from '@opentelemetry/api';

/** An unreachable collector fails every export: log it once in this time. */
const SILENT_MS = 60_000;

/** Writes OpenTelemetry's own diagnostics to the service's log. */
export class Diagnostics implements DiagLogger {
  private readonly logger = new Logger('Telemetry');
  private readonly saidAtMs = new Map<string, number>();

  error(...words: unknown[]): void {
    this.warn(...words);
  }

  /** A component's logger passes the component's name first. */
  warn(...words: unknown[]): void {
    const now = performance.now();
    const message = words.map((word) => describe(word)).join(' ');
    const kind = message.slice(0, 100);
    if (now - (this.saidAtMs.get(kind) ?? -Infinity) < SILENT_MS) return;
    if (this.saidAtMs.size > 100) this.saidAtMs.clear();
    this.saidAtMs.set(kind, now);
    this.logger.warn(message);
  }

  info(): void {
    // Only problems are logged.
  }

  debug(): void {
    // As above.
  }

  verbose(): void {
    // As above.
  }
}

/** OpenTelemetry passes errors as objects, or as JSON with their stack. */
function describe(word: unknown): string {
  if (word instanceof Error) return `${word.name}: ${word.message}`;
  if (typeof word !== 'string') return JSON.stringify(word) ?? String(word);
  try {
    const parsed = JSON.parse(word) as { name?: unknown; message?: unknown } | null;
    if (typeof parsed?.message !== 'string') return word;
    return `${typeof parsed.name === 'string' ? parsed.name : 'Error'}: ${parsed.message}`;
  } catch {
    return word;
  }
}
