import { Conditions } from './broker/conditions.js';
import { SimulatedBroker } from './broker/simulated-broker.js';
import { lockTokenOf } from './broker/received-message.js';
import { SimulatedContent } from './broker/simulated-content.js';
import { FaultScript } from './fault-script.js';
import { inBatches, makePlan, withRate, withRateStore, withUnrest } from './make-plan.js';
import { type Input, type Plan } from './plan.js';
import { SimulatedRateStore } from './runtime/simulated-rate-store.js';
import { Judge } from './runtime/judge.js';
import { INPUT_QUEUE, OUTPUT_QUEUE } from './runtime/runtime-process.js';
import { checkEnd } from './check-end.js';
import { Random } from './world/random.js';
import { Trace } from './world/trace.js';
import { VirtualTime } from './world/virtual-time.js';

/** After the last fault, all messages have to be processed within this time. */
const PATIENCE_MS = 30 * 60_000;
/** Long enough for the last answer, or its timeout, which for a send is a minute. */
const REST_MS = 61_000;
const DAY_MS = 86_400_000;
/** Added to a seed for what was not decided by the first one. */
const CLOUD = 1_000_000;

/** The result of a seed's run. */
export interface Run {
  readonly seed: number;
  readonly plan: Plan;
  readonly violations: readonly string[];
  readonly digest: string;
  readonly lines: readonly string[];
  readonly executions: number;
  readonly steps: number;
}

/** Runs the runtime against the simulated broker; the seed decides everything. */
export async function simulate(
  seed: number,
  { keepsLines = false, hasBatches = false, change = unchanged } = {},
): Promise<Run> {
  const random = new Random(seed);
  const time = new VirtualTime();
  const trace = new Trace(() => time.nowMs, keepsLines);
  const note = (what: string): void => trace.note(what);
  const own = withRate(makePlan(random.fork(), new Random(seed + CLOUD)), new Random(seed + 3 * CLOUD));
  const rated = withRateStore(own, new Random(seed + 4 * CLOUD));
  const planned = withUnrest(rated, new Random(seed + 5 * CLOUD));
  const plan = change(hasBatches ? inBatches(planned, random.fork()) : planned);
  const chance = new Random(seed + 2 * CLOUD);
  const { random: realRandom } = Math;
  Math.random = () => chance.next();
  const restore = time.install();
  const scene = makeScene(plan, time, random, note);
  const { judge } = scene;
  try {
    await play(scene);
  } catch (error) {
    judge.violation(`it threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    restore();
    Math.random = realRandom;
  }
  note(`over after ${time.steps} steps`);
  const { violations, executions } = judge;
  const { lines } = trace;
  return { seed, plan, violations, digest: trace.digest(), lines, executions, steps: time.steps };
}

function unchanged(plan: Plan): Plan {
  return plan;
}

interface Scene {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly broker: SimulatedBroker;
  readonly judge: Judge;
  readonly faults: FaultScript;
}

function makeScene(plan: Plan, time: VirtualTime, random: Random, note: (what: string) => void): Scene {
  const conditions = new Conditions(random.fork(), plan.latencyMs, plan.locksEndWithLink, plan.hidesLocks);
  const { sessions, maxConcurrentCalls, batch } = plan.binding;
  const { maxMessages = 1 } = batch ?? {};
  const maxHandlers = sessions?.maxConcurrentSessions ?? Number(maxConcurrentCalls) * maxMessages;
  const judge: Judge = new Judge(
    plan,
    maxHandlers,
    note,
    () => time.nowMs,
    (message, finished) =>
      broker
        .stored(INPUT_QUEUE)
        .some(
          (other) =>
            other.state === 'active' &&
            !finished.has(other.sequenceNumber) &&
            other.content.sessionId === message.sessionId &&
            other.sequenceNumber < (message.sequenceNumber?.toNumber() ?? 0),
        ),
    ({ lockToken }) => broker.stored(INPUT_QUEUE).some(({ lockId }) => lockTokenOf(lockId) === lockToken),
  );
  const broker: SimulatedBroker = new SimulatedBroker(time, judge);
  broker.command((nowMs) => {
    broker.namespace.createQueue(nowMs, {
      name: INPUT_QUEUE,
      lockDurationMs: plan.lockDurationMs,
      maxDeliveryCount: plan.maxDeliveryCount,
      requiresSession: plan.hasSessions,
      requiresDuplicateDetection: plan.detectsOnInput,
    });
    broker.namespace.createQueue(nowMs, {
      name: OUTPUT_QUEUE,
      enablePartitioning: plan.isOutputPartitioned,
      requiresDuplicateDetection: plan.detectsDuplicates,
      duplicateDetectionHistoryTimeWindowMs: 7 * DAY_MS,
    });
  });
  for (const input of plan.inputs) {
    time.after(input.sentAtMs, () => broker.send(INPUT_QUEUE, [contentOf(input)]));
  }
  const { rateStore: planned } = plan;
  // With a chance of its own: all else happens as it does without.
  const rateStore =
    planned && new SimulatedRateStore(time, new Random(plan.inputs.length), planned.latencyMs);
  const surroundings = { plan, time, random: random.fork(), conditions, broker, judge, note, rateStore };
  return { plan, time, broker, judge, faults: new FaultScript(surroundings) };
}

function contentOf({ number, messageId, sessionId }: Input): SimulatedContent {
  return new SimulatedContent({
    body: JSON.stringify({ input: number }),
    messageId,
    sessionId,
    contentType: 'application/json',
    application: {},
  });
}

async function play({ plan, time, broker, judge, faults }: Scene): Promise<void> {
  faults.begin();
  const lastSentMs = plan.inputs.at(-1)?.sentAtMs ?? 0;
  await time.runUntil(() => false, Math.max(faults.overAtMs, lastSentMs));
  faults.heal();
  const healedAtMs = time.nowMs;
  const isAllDone = (): boolean => isNothingLeft(broker, judge, faults.living.length);
  if (!(await time.runUntil(isAllDone, healedAtMs + PATIENCE_MS))) {
    const left = broker.stored(INPUT_QUEUE).map(({ content, lockId }) => `${content.messageId}/${lockId}`);
    judge.violation(`stuck: ${left.join(', ')} are on the queue still`);
  }
  // Wait for the last answers. Hanging messages may lose their locks meanwhile and be redelivered.
  for (let rests = 0; rests < 10; rests++) {
    await time.runUntil(() => false, time.nowMs + REST_MS);
    if (isAllDone()) break;
    await time.runUntil(isAllDone, healedAtMs + PATIENCE_MS);
  }
  await checkEnd({ plan, time, broker, judge, processes: faults.processes });
}

/** True if only hanging messages, and those that wait behind them, are left on the queue. */
function isNothingLeft(broker: SimulatedBroker, judge: Judge, processes: number): boolean {
  const { counts } = broker.source(INPUT_QUEUE).store;
  if (counts.active + counts.scheduled === 0) return true;
  const { hanging, plan, maxHandlers } = judge;
  if (hanging.length === 0) return false;
  const locks = new Set(hanging.map(({ lockToken }) => lockToken));
  const left = broker.stored(INPUT_QUEUE).filter(({ state }) => state !== 'deferred');
  const others = left.filter(({ lockId }) => !locks.has(lockTokenOf(lockId)));
  if (left.length - others.length >= maxHandlers * processes) return true;
  const sessions = new Set(hanging.map(({ record }) => record.input.sessionId));
  // A process whose slots all hang may hold more messages than it has slots.
  const hasFull = hanging.some(
    ({ process }) => hanging.filter((other) => other.process === process).length >= maxHandlers,
  );
  return others.every(({ content, lockId }) =>
    // Behind a message that hangs, those of its session wait at the broker, and here.
    plan.hasSessions ? sessions.has(content.sessionId) : lockId !== 0 && hasFull,
  );
}
