import { type SimulatedBroker } from './broker/simulated-broker.js';
import { type SimulatedContent } from './broker/simulated-content.js';
import { type Plan } from './plan.js';
import { type Judge } from './runtime/judge.js';
import { INPUT_QUEUE, OUTPUT_QUEUE, type RuntimeProcess } from './runtime/runtime-process.js';
import { type Output } from './runtime/scripted-handler.js';
import { type VirtualTime } from './world/virtual-time.js';

/** Allowed beyond the grace period: the last settlements and closing the links, each bounded by the runtime. */
const DRAIN_SLACK_MS = 4_200;
const CLOSE_MS = 20_000;
const ANSWERS_MS = 5_000;
/** Longer than any timer that may outlast its process. */
const AFTERWARDS_MS = 120_000;

/** The state at the end of a run. */
export interface Remains {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly broker: SimulatedBroker;
  readonly judge: Judge;
  readonly processes: readonly RuntimeProcess[];
}

/** Shuts down the running processes, and checks that nothing is lost, duplicated or left over. */
export async function checkEnd(remains: Remains): Promise<void> {
  const { time, processes, judge } = remains;
  const living = processes.filter(({ isDead, isDraining }) => !isDead && !isDraining);
  // The broker's last answers may be on their way.
  await time.runUntil(() => living.every((process) => isAtRest(process, judge)), time.nowMs + ANSWERS_MS);
  for (const process of living) {
    checkBooks(process, judge);
    time.after(0, () => void process.shutDown(), process);
  }
  await time.runUntil(() => false, time.nowMs + remains.plan.graceMs + AFTERWARDS_MS);
  for (const process of processes) if (!process.isDead) checkShutDown(process, remains);
  for (const { number, process } of judge.running) {
    if (!process.isDead) judge.violation(`execution ${number} has not ended with ${process.name}`);
  }
  checkMessages(remains);
}

/** At rest the runtime holds only the messages that its handlers still work on. */
function checkBooks(process: RuntimeProcess, judge: Judge): void {
  if (isAtRest(process, judge)) return;
  const { inWork, waitingForRetry } = process.consumer.health();
  if (waitingForRetry > 0) judge.violation(`${process.name} has ${waitingForRetry} messages waiting at rest`);
  else judge.violation(`${process.name} has ${inWork} messages in work at rest`);
}

function isAtRest(process: RuntimeProcess, judge: Judge): boolean {
  const { inWork, waitingForRetry } = process.consumer.health();
  const running = [...judge.running].filter((execution) => execution.process === process).length;
  // Ignore messages that wait for a slot while all are taken, and those that wait for the rest of their batch.
  const isFull = running >= judge.maxHandlers || process.batchCalls > 0;
  return waitingForRetry === 0 && (isFull || inWork <= running);
}

function checkShutDown(process: RuntimeProcess, { plan, time, judge }: Remains): void {
  const { name, drainBeganAtMs = 0, drainedAtMs, closedAtMs } = process;
  if (drainedAtMs === undefined) return judge.violation(`${name} did not end its drain`);
  const drainMs = drainedAtMs - drainBeganAtMs;
  if (drainMs > plan.graceMs + DRAIN_SLACK_MS) {
    judge.violation(`${name} drained for ${drainMs} ms, with ${plan.graceMs} ms of grace`);
  }
  if (closedAtMs === undefined) return judge.violation(`${name} did not close`);
  if (closedAtMs - drainedAtMs > CLOSE_MS) {
    judge.violation(`${name} took ${closedAtMs - drainedAtMs} ms to close`);
  }
  const { inWork, waitingForRetry } = process.consumer.health();
  const timers = time.pendingOf(process);
  if (inWork > 0 || waitingForRetry > 0 || timers > 0 || process.locks.size > 0) {
    judge.violation(
      `${name} has left ${inWork} messages in work, ${waitingForRetry} waiting, ${process.locks.size} locks and ${timers} timers`,
    );
  }
}

function checkMessages({ plan, broker, judge }: Remains): void {
  const kept = new Set([
    ...numbersAt(broker, INPUT_QUEUE),
    ...numbersAt(broker, `${INPUT_QUEUE}/$DeadLetterQueue`),
  ]);
  const outputs = numbersAt(broker, OUTPUT_QUEUE);
  for (const record of judge.records) {
    const { number } = record.input;
    if (record.isAccepted && !record.isDone && !kept.has(number)) judge.violation(`input ${number} is lost`);
  }
  if (!plan.detectsDuplicates && plan.faults.length > 0) return;
  const twice = outputs.filter((output, place) => outputs.indexOf(output) < place);
  for (const output of twice) {
    // A handler that abandons its message and still returns a result asks for a second output.
    const { steps } = judge.records[Number.parseInt(String(output))] ?? {};
    const isWanted = !plan.detectsDuplicates && steps?.has('abandon-itself');
    if (!isWanted) judge.violation(`output ${output} was sent twice`);
  }
}

/** Identifies inputs by number, outputs by number and index. */
function numbersAt(broker: SimulatedBroker, address: string): (number | string)[] {
  return broker.stored(address).map(({ content }) => {
    const { input, index } = JSON.parse((content as SimulatedContent).fields.body) as Output;
    return index === undefined ? input : `${input}/${index}`;
  });
}
