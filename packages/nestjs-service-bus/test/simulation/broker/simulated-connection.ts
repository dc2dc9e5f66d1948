import { type Owner, type VirtualTime, WORLD } from '../world/virtual-time.js';
import { type Conditions } from './conditions.js';

/** A link on a connection, with its two ends. */
export interface Connected {
  /** The broker has noticed that the connection is gone. */
  endAtBroker(): void;
  /** The client has noticed. */
  endAtClient(): void;
}

/** How a connection breaks. */
export interface Break {
  /** Each end notices after its own delay; until then, what it sends is lost. */
  readonly brokerNoticesAfterMs: number;
  readonly clientNoticesAfterMs: number;
  readonly downForMs: number;
}

/** A client's connection: keeps the order in each direction, and loses everything in flight when it breaks. */
export class SimulatedConnection {
  /** Whether it is up, as the client sees it. */
  isUp = true;
  readonly links = new Set<Connected>();

  private isBroken = false;
  /** Counts breaks: what was sent over an earlier connection never arrives. */
  private epoch = 0;
  private brokerBusyUntilMs = 0;
  private clientBusyUntilMs = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly time: VirtualTime,
    readonly conditions: Conditions,
    private readonly client: Owner,
  ) {}

  toBroker(run: () => void): void {
    if (this.isBroken) return;
    this.brokerBusyUntilMs = this.arrival(this.brokerBusyUntilMs);
    this.send(this.brokerBusyUntilMs, run, WORLD);
  }

  toClient(run: () => void): void {
    if (this.isBroken) return;
    this.clientBusyUntilMs = this.arrival(this.clientBusyUntilMs);
    this.send(this.clientBusyUntilMs, run, this.client);
  }

  /** Runs an action as soon as the client has a connection. */
  whenUp(run: () => void): void {
    if (this.isUp) run();
    else this.waiting.push(run);
  }

  break({ brokerNoticesAfterMs, clientNoticesAfterMs, downForMs }: Break): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.epoch++;
    this.brokerBusyUntilMs = this.clientBusyUntilMs = 0;
    const lost = [...this.links];
    this.links.clear();
    const { time, client } = this;
    time.after(brokerNoticesAfterMs, () => lost.forEach((link) => link.endAtBroker()), WORLD);
    time.after(
      clientNoticesAfterMs,
      () => {
        this.isUp = false;
        lost.forEach((link) => link.endAtClient());
      },
      client,
    );
    time.after(Math.max(downForMs, clientNoticesAfterMs + 1), () => this.restore(), client);
  }

  /** The client has closed it. */
  close(): void {
    this.isBroken = true;
    this.epoch++;
    for (const link of this.links) link.endAtBroker();
    this.links.clear();
  }

  /** The process has died: what it wrote before may still arrive. */
  die(): void {
    this.time.after(
      Math.max(0, this.brokerBusyUntilMs - this.time.nowMs),
      () => {
        this.isBroken = true;
        this.epoch++;
        for (const link of this.links) link.endAtBroker();
      },
      WORLD,
    );
  }

  /** An answer of the management node, which may be slow. */
  toClientFromManagement(run: () => void): void {
    const { managementMs } = this.conditions;
    if (managementMs[1] === 0) this.toClient(run);
    else this.send(this.time.nowMs + this.conditions.managementDelay(), () => this.toClient(run), WORLD);
  }

  private restore(): void {
    this.isBroken = false;
    this.isUp = true;
    for (const run of this.waiting.splice(0)) run();
  }

  private arrival(notBeforeMs: number): number {
    return Math.max(notBeforeMs, this.time.nowMs + this.conditions.latency());
  }

  private send(atMs: number, run: () => void, owner: Owner): void {
    const { epoch } = this;
    this.time.after(
      atMs - this.time.nowMs,
      () => {
        if (epoch === this.epoch) run();
      },
      owner,
    );
  }
}
