/** Links that began so soon after another one stand in line with it: all bindings begin together, and open one by one. */
const TOGETHER_MS = 5_000;

/** A link that is being opened. */
export interface Opening {
  readonly beganAtMs: number;
  /** On our clock: since when nothing has moved, neither this link nor one that may stand before it. */
  sinceMs: number;
}

const LINES = new WeakMap<object, OpeningLine>();

/**
 * The links that are being opened over one connection. The SDK opens them one after the other, two round trips each: the
 * last one of two hundred waits for all others, and a fresh link in its place would have to queue up behind them. As long
 * as the line moves, none of them is silent.
 */
export class OpeningLine {
  private readonly openings = new Set<Opening>();

  /** The line of all who share this object. */
  static of(owner: object): OpeningLine {
    let line = LINES.get(owner);
    if (!line) LINES.set(owner, (line = new OpeningLine()));
    return line;
  }

  begin(nowMs: number): Opening {
    const opening = { beganAtMs: nowMs, sinceMs: nowMs };
    this.openings.add(opening);
    return opening;
  }

  /** A link is open: those that began with it or later move up. What began long after them says nothing about them. */
  opened(opening: Opening, nowMs: number): void {
    this.openings.delete(opening);
    for (const other of this.openings) {
      if (opening.beganAtMs < other.beganAtMs + TOGETHER_MS) other.sinceMs = nowMs;
    }
  }

  /** A link is not opened any more. */
  left(opening: Opening): void {
    this.openings.delete(opening);
  }
}
