import { Logger } from '@nestjs/common';
import { type DiagLogger } from '@opentelemetry/api';

/** A collector that is away fails each export: one line in this time says so. */
const SILENT_MS = 60_000;

/** What OpenTelemetry has to say of itself, in the service's log. */
export class Diagnostics implements DiagLogger {
  private readonly logger = new Logger('Telemetry');
  private readonly saidAtMs = new Map<string, number>();

  error(message: string): void {
    this.warn(message);
  }

  warn(message: string): void {
    const now = performance.now();
    const kind = message.slice(0, 100);
    if (now - (this.saidAtMs.get(kind) ?? -Infinity) < SILENT_MS) return;
    if (this.saidAtMs.size > 100) this.saidAtMs.clear();
    this.saidAtMs.set(kind, now);
    this.logger.warn(describe(message));
  }

  info(): void {
    // Only what is wrong is of interest.
  }

  debug(): void {
    // As above.
  }

  verbose(): void {
    // As above.
  }
}

/** Errors come as JSON, with their stack. */
function describe(message: string): string {
  try {
    const parsed = JSON.parse(message) as { name?: unknown; message?: unknown };
    if (typeof parsed.message !== 'string') return message;
    return `${typeof parsed.name === 'string' ? parsed.name : 'Error'}: ${parsed.message}`;
  } catch {
    return message;
  }
}
