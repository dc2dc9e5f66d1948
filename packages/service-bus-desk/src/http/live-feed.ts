import { type ServerResponse } from 'node:http';

import { RequestProblem } from './exchange.js';
import { type LiveEvents } from './page-api.js';

const MAX_LISTENERS = 50;
const HEARTBEAT_MS = 15_000;
/** Who reads so slowly that this much waits for him is not looking. He comes again by himself. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Tells everybody who looks what happens [HTML, server-sent events]. */
export class LiveFeed {
  private readonly listeners = new Set<ServerResponse>();
  private readonly heartbeat: NodeJS.Timeout;
  private sizeChanged: (size: number) => void = () => undefined;

  constructor() {
    this.heartbeat = setInterval(() => this.write(':\n\n'), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  get size(): number {
    return this.listeners.size;
  }

  /** Is told how many look whenever somebody comes or goes. */
  onSize(listener: (size: number) => void): void {
    this.sizeChanged = listener;
  }

  /** Begins an event stream. @throws RequestProblem if too many are open */
  add(response: ServerResponse): void {
    if (this.listeners.size >= MAX_LISTENERS) {
      throw new RequestProblem(503, `${MAX_LISTENERS} people look already`);
    }
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    this.listeners.add(response);
    this.sizeChanged(this.size);
    response.once('close', () => {
      this.listeners.delete(response);
      this.sizeChanged(this.size);
    });
  }

  /** Tells all. */
  tell<Name extends keyof LiveEvents>(name: Name, content: LiveEvents[Name]): void {
    if (this.listeners.size > 0) this.write(eventText(name, content));
  }

  /** Tells one. */
  tellOne<Name extends keyof LiveEvents>(
    response: ServerResponse,
    name: Name,
    content: LiveEvents[Name],
  ): void {
    response.write(eventText(name, content));
  }

  close(): void {
    clearInterval(this.heartbeat);
    for (const response of this.listeners) response.end();
  }

  private write(text: string): void {
    for (const response of this.listeners) {
      if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
      else response.write(text);
    }
  }
}

function eventText(name: string, content: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(content)}\n\n`;
}
