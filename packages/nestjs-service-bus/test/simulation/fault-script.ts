import { type EntityStatus } from '../../../service-bus-emulator/src/model/entity/entity-description.js';
import { type Operation, type Trouble } from './broker/conditions.js';
import { ReceivingLink } from './broker/receiving-link.js';
import { type Fault, type Plan } from './plan.js';
import { INPUT_QUEUE, OUTPUT_QUEUE, RuntimeProcess, type Surroundings } from './runtime/runtime-process.js';
import { type StoreFault } from './runtime/simulated-rate-store.js';
import { WORLD } from './world/virtual-time.js';

type Effects = [Trouble['effect'], ...Trouble['effect'][]];

const RENEWAL_EFFECTS: Effects = ['ServiceBusy', 'ServiceCommunicationProblem', 'not-done', 'not-answered'];
const SETTLEMENT_EFFECTS: Effects = [...RENEWAL_EFFECTS, 'GeneralError'];
const OPENING_EFFECTS: Effects = [
  'ServiceBusy',
  'UnauthorizedAccess',
  'MessagingEntityNotFound',
  'ServiceCommunicationProblem',
  'GeneralError',
  'not-done',
  'not-answered',
];
const SEND_EFFECTS: Effects = [
  'ServiceBusy',
  'QuotaExceeded',
  'UnauthorizedAccess',
  'MessagingEntityNotFound',
  'ServiceTimeout',
  'GeneralError',
  'not-done',
  'not-answered',
  'not-answered',
];

const TROUBLES: Record<`${string}-fail` & Fault['kind'], readonly [Operation, Effects]> = {
  'renewals-fail': ['renew', RENEWAL_EFFECTS],
  'settlements-fail': ['settle', SETTLEMENT_EFFECTS],
  'sends-fail': ['send', SEND_EFFECTS],
  'opens-fail': ['open', OPENING_EFFECTS],
  'peeks-fail': ['peek', RENEWAL_EFFECTS],
};

function isTrouble(kind: Fault['kind']): kind is keyof typeof TROUBLES {
  return kind in TROUBLES;
}

/** Starts processes and injects faults as planned. */
export class FaultScript {
  readonly processes: RuntimeProcess[] = [];
  readonly overAtMs: number;

  constructor(private readonly surroundings: Surroundings) {
    const { faults, pauses, rateStore } = surroundings.plan;
    const ends = [...faults, ...pauses, ...(rateStore?.faults ?? [])].map(
      ({ atMs, lastsMs }) => atMs + lastsMs,
    );
    this.overAtMs = Math.max(0, ...ends);
  }

  begin(): void {
    const { plan, time, note } = this.surroundings;
    this.startProcess();
    if (plan.slowOne) this.startProcess(plan.slowOne);
    for (const pause of plan.pauses) time.after(pause.atMs, () => this.pause(pause.lastsMs), WORLD);
    for (const { atMs, lastsMs, kind } of plan.rateStore?.faults ?? []) {
      time.after(atMs, () => this.breakStore(kind, lastsMs), WORLD);
    }
    for (const fault of plan.faults) {
      time.after(
        fault.atMs,
        () => {
          note(`fault: ${fault.kind} for ${fault.lastsMs} ms`);
          this.make(fault);
        },
        WORLD,
      );
    }
  }

  /** Ends all faults and pauses, and makes sure that a process is running. */
  heal(): void {
    const { conditions, rateStore } = this.surroundings;
    conditions.clear();
    if (rateStore) rateStore.fault = undefined;
    this.setStatus(INPUT_QUEUE, 'Active');
    this.setStatus(OUTPUT_QUEUE, 'Active');
    for (const process of this.living) process.resume();
    if (this.living.every(({ isDraining }) => isDraining)) this.startProcess();
  }

  get living(): RuntimeProcess[] {
    return this.processes.filter(({ isDead, closedAtMs }) => !isDead && closedAtMs === undefined);
  }

  private startProcess(slowness?: Plan['slowOne']): void {
    const { time, note } = this.surroundings;
    const process = new RuntimeProcess(`p${this.processes.length}`, this.surroundings, slowness);
    this.processes.push(process);
    note(`${process.name} starts`);
    time.after(0, () => process.start(), process);
  }

  private pause(lastsMs: number): void {
    const { time, note } = this.surroundings;
    for (const process of this.living) {
      note(`${process.name} is paused for ${lastsMs} ms`);
      time.after(0, () => process.pause(), process);
      time.after(lastsMs, () => process.resume(), process);
    }
  }

  private breakStore(kind: StoreFault, lastsMs: number): void {
    const { rateStore, time, note } = this.surroundings;
    if (!rateStore) return;
    note(`fault: the store of the rate: ${kind} for ${lastsMs} ms`);
    rateStore.fault = kind;
    time.after(lastsMs, () => (rateStore.fault = undefined), WORLD);
  }

  private make({ kind, lastsMs }: Fault): void {
    if (isTrouble(kind)) return this.trouble(...TROUBLES[kind], lastsMs);
    switch (kind) {
      case 'detach-links':
        return this.detachLinks();
      case 'silence-links':
        return this.receivingLinks().forEach((link) => link.fallSilent());
      case 'break-receiving':
        return this.living.forEach(({ receiving }) =>
          receiving.forEach((each) => this.breakFor(each, lastsMs)),
        );
      case 'break-sending':
        return this.living.forEach(({ sending }) => this.breakFor(sending, lastsMs));
      case 'outage':
        return this.living.forEach(({ receiving, sending }) =>
          [...receiving, sending].forEach((connection) => this.breakFor(connection, lastsMs)),
        );
      case 'slow-broker':
        return this.slowDown(lastsMs);
      case 'slow-management':
        return this.slowDownManagement(lastsMs);
      case 'input-disabled':
        return this.disable(INPUT_QUEUE, 'ReceiveDisabled', lastsMs);
      case 'output-disabled':
        return this.disable(OUTPUT_QUEUE, 'SendDisabled', lastsMs);
      case 'kill':
        return this.killAll(lastsMs);
      case 'replace':
        return this.replaceAll();
    }
  }

  private receivingLinks(): ReceivingLink[] {
    return this.living.flatMap(({ receiving }) =>
      receiving.flatMap(({ links }) => [...links].filter((link) => link instanceof ReceivingLink)),
    );
  }

  private detachLinks(): void {
    for (const link of this.receivingLinks()) link.forceDetach();
  }

  private breakFor(connection: RuntimeProcess['sending'], downForMs: number): void {
    const { random } = this.surroundings;
    const noticed = (): number => random.pick([0, 0, 5, 1_000, 30_000]);
    connection.break({ brokerNoticesAfterMs: noticed(), clientNoticesAfterMs: noticed(), downForMs });
  }

  private slowDown(lastsMs: number): void {
    const { conditions, random, plan, time } = this.surroundings;
    conditions.latencyMs = random.pick([
      [200, 2_000],
      [1_000, 20_000],
    ]);
    time.after(lastsMs, () => (conditions.latencyMs = plan.latencyMs), WORLD);
  }

  private slowDownManagement(lastsMs: number): void {
    const { conditions, random, time } = this.surroundings;
    conditions.managementMs = random.pick([
      [50, 500],
      [500, 4_000],
      [5_000, 20_000],
    ]);
    time.after(lastsMs, () => (conditions.managementMs = [0, 0]), WORLD);
  }

  private trouble(operation: Operation, effects: Effects, lastsMs: number): void {
    const { conditions, random, time, note } = this.surroundings;
    const trouble = { share: random.pick([0.1, 0.5, 1]), effect: random.pick(effects) };
    note(`trouble: ${operation} ${trouble.effect} ${trouble.share}`);
    conditions.begin(operation, trouble);
    time.after(lastsMs, () => conditions.end(operation), WORLD);
  }

  private disable(queue: string, status: EntityStatus, lastsMs: number): void {
    this.setStatus(queue, status);
    this.surroundings.time.after(lastsMs, () => this.setStatus(queue, 'Active'), WORLD);
  }

  private setStatus(queue: string, status: EntityStatus): void {
    const { broker } = this.surroundings;
    broker.command((nowMs) => {
      const entity = broker.namespace.entity(queue);
      if (entity?.kind === 'queue') entity.update(nowMs, { ...entity.description, status });
    });
  }

  private killAll(restartAfterMs: number): void {
    for (const process of this.living) process.kill();
    this.surroundings.time.after(restartAfterMs, () => this.startProcess(), WORLD);
  }

  private replaceAll(): void {
    const { time } = this.surroundings;
    for (const process of this.living) {
      if (!process.isDraining) time.after(0, () => void process.shutDown(), process);
    }
    this.startProcess();
  }
}
