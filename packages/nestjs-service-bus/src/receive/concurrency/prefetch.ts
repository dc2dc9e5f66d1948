import { LeastRoundTrip } from './least-round-trip.js';

/** How messages flow through a binding. */
export interface Flow {
  /** Messages that handlers may work on at once. */
  readonly limit: number;
  /** How long a handler takes, in milliseconds. */
  readonly handlerMs: number;
  /** The most messages that handlers ended with in a millisecond lately. */
  readonly handledPerMs: number;
  /** To the broker and back, in milliseconds. */
  readonly roundTripMs: number;
  /** Of a message's body. */
  readonly messageBytes: number;
  /** How long the broker locks a message, in milliseconds. */
  readonly lockMs: number;
}

/** What the law allows itself: one round trip until the next message is here, and two that messages may wait for. */
const ROUND_TRIPS = 3;
/** Handlers may become as much faster as this between two looks at them. */
const GROWTH = 1.25;
/** A message is to have its turn within this share of its lock. */
const LOCK_SHARE = 1 / 4;
/** A link has places for 2,048 deliveries. */
const MAX_PREFETCH = 500;
/** Of all messages here that no handler has ended with. */
const MAX_BYTES = 32 * 1_024 ** 2;

/**
 * How many messages a binding lets the broker send beyond those that its handlers work on: as many as the handlers can
 * do until the next one can come. None for handlers that take far longer than the way.
 */
export function prefetchFor(flow: Flow): number {
  const perMs = Math.min(flow.limit / flow.handlerMs, GROWTH * flow.handledPerMs);
  const coveredMs = Math.min(ROUND_TRIPS * flow.roundTripMs, LOCK_SHARE * flow.lockMs);
  const room = Math.floor(MAX_BYTES / flow.messageBytes) - flow.limit;
  return Math.max(Math.min(Math.round(perMs * coveredMs), room, MAX_PREFETCH), 0);
}

/** Measurements are looked at this often, as long as messages come. */
const LOOK_EVERY_MS = 50;
/** A lock is at least as long [Service Bus]. */
const SHORTEST_LOCK_MS = 5_000;
/** The highest rate counts half after this time. */
const HALF_LIFE_MS = 5_000;
/** The share of the latest measurement in a mean. */
const WEIGHT = 1 / 2;
const WEIGHT_OF_ONE_MESSAGE = 1 / 8;
/** Never 0: others divide by it. */
const SHORTEST_MS = 0.01;

/** Learns a binding's prefetch from what its handlers and the broker take, at the cost of some additions a message. */
export class Prefetch {
  /** Messages beyond those that handlers work on. */
  size = 0;

  private readonly roundTrip = new LeastRoundTrip();
  private handlerMs = 0;
  private handledPerMs = 0;
  private messageBytes = 1;
  private handled = 0;
  private handledInMs = 0;
  private sinceMs: number;

  constructor(
    private readonly limit: () => number,
    nowMs: number,
    /** The binding's own choice; undefined where it is learnt. */
    private readonly fixed?: number,
  ) {
    this.sinceMs = nowMs;
    this.size = fixed ?? 0;
  }

  /** A message of so many bytes has come. */
  arrived(bytes: number): void {
    this.messageBytes += (Math.max(bytes, 1) - this.messageBytes) * WEIGHT_OF_ONE_MESSAGE;
  }

  /** The broker has answered a settlement. */
  answered(roundTripMs: number, nowMs: number): void {
    this.roundTrip.measured(Math.max(roundTripMs, SHORTEST_MS), nowMs);
  }

  /** A handler has ended. */
  ended(durationMs: number, nowMs: number): void {
    this.handled++;
    this.handledInMs += durationMs;
    const lookedMs = nowMs - this.sinceMs;
    if (lookedMs < LOOK_EVERY_MS) return;
    this.look(lookedMs, nowMs);
    this.sinceMs = nowMs;
    this.handled = this.handledInMs = 0;
  }

  /** A message has waited too long for its turn: none is to wait until handlers end again. */
  late(): void {
    if (this.fixed === undefined) this.size = 0;
    this.handledPerMs = 0;
  }

  private look(lookedMs: number, nowMs: number): void {
    const handlerMs = Math.max(this.handledInMs / this.handled, SHORTEST_MS);
    this.handlerMs =
      this.handlerMs === 0 ? handlerMs : this.handlerMs + (handlerMs - this.handlerMs) * WEIGHT;
    const faded = this.handledPerMs * 0.5 ** (lookedMs / HALF_LIFE_MS);
    this.handledPerMs = Math.max(this.handled / lookedMs, faded);
    const roundTripMs = this.roundTrip.least(nowMs);
    if (this.fixed !== undefined || roundTripMs === undefined) return;
    this.size = prefetchFor({
      limit: this.limit(),
      handlerMs: this.handlerMs,
      handledPerMs: this.handledPerMs,
      roundTripMs,
      messageBytes: this.messageBytes,
      lockMs: SHORTEST_LOCK_MS,
    });
  }
}
