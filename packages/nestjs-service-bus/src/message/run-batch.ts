import { type MessageHandler } from '@nestjs/microservices';

import { BatchException, UnfitBatchException } from '../exceptions/batch.exception.js';
import { BatchResultError } from '../exceptions/batch-result.error.js';
import { errorsOf } from '../exceptions/filtered.error.js';
import { isInstance } from '../exceptions/read-thrown.js';
import { type Delivery } from '../delivery/delivery.js';
import { ServiceBusBatchContext } from '../delivery/service-bus-batch.context.js';
import { type ServiceBusContext } from '../delivery/service-bus.context.js';
import { type Invoke } from './binding-runtime.js';
import { validationProblems } from '../validation/validation-problems.js';

/** One message of a batch, and who waits for what its handler gives for it. */
export interface BatchEntry {
  readonly payload: unknown;
  readonly context: ServiceBusContext;
  readonly delivery: Delivery;
  readonly resolve: (results: readonly unknown[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls a handler once for several messages, and hands each of them its own end, so that from there on it goes the
 * way of a single message. Never rejects.
 */
export async function runBatch(
  entries: readonly BatchEntry[],
  handler: MessageHandler,
  invoke: Invoke,
): Promise<void> {
  const [first] = entries;
  if (!first) return;
  const { pattern, entityPath } = first.context;
  const context = new ServiceBusBatchContext(
    entries.map((entry) => entry.context),
    pattern,
    entityPath,
  );
  const payloads = entries.map(({ payload }) => payload);
  try {
    const results = resultsFor(entries, handler, await invoke(handler, payloads, context));
    end(entries, context.failed, results);
  } catch (error) {
    const errors = errorsOf(error);
    const unfit = errors.find((one) => isInstance(one, UnfitBatchException));
    if (unfit) return runFit(entries, unfit.failures, handler, invoke);
    const named = errors.find((one) => isInstance(one, BatchException));
    if (named && namesMessages(named, entries.length)) {
      return end(entries, new Map([...context.failed, ...named.failures]), []);
    }
    // Another pipe has refused the payloads, and does not say which.
    const isRefusal = errors.some((one) => validationProblems(one) !== undefined);
    if (entries.length > 1 && isRefusal) return runEach(entries, handler, invoke);
    failAll(entries, context.failed, error);
  }
}

/** One that names a message which is not there names none for sure: nothing may count as done then. */
function namesMessages({ failures }: BatchException, count: number): boolean {
  const positions = [...failures.keys()];
  return positions.every((position) => Number.isInteger(position) && position >= 0 && position < count);
}

function end(
  entries: readonly BatchEntry[],
  failures: ReadonlyMap<number, unknown>,
  results: readonly unknown[],
): void {
  entries.forEach(({ resolve, reject }, index) => {
    if (failures.has(index)) reject(failures.get(index));
    else resolve(results[index] === undefined ? [] : [results[index]]);
  });
}

function failAll(
  entries: readonly BatchEntry[],
  failures: ReadonlyMap<number, unknown>,
  error: unknown,
): void {
  entries.forEach(({ delivery, resolve, reject }, index) => {
    // What the handler has settled itself is done with.
    if (delivery.state === 'settled') resolve([]);
    else reject(failures.has(index) ? failures.get(index) : error);
  });
}

/** The handler has not run yet: it gets the messages that are fit for it. */
function runFit(
  entries: readonly BatchEntry[],
  failures: ReadonlyMap<number, unknown>,
  handler: MessageHandler,
  invoke: Invoke,
): Promise<void> {
  const fit = entries.filter((_entry, index) => !failures.has(index));
  entries.forEach(({ reject }, index) => failures.has(index) && reject(failures.get(index)));
  return runBatch(fit, handler, invoke);
}

async function runEach(
  entries: readonly BatchEntry[],
  handler: MessageHandler,
  invoke: Invoke,
): Promise<void> {
  for (const entry of entries) await runBatch([entry], handler, invoke);
}

function resultsFor(
  entries: readonly BatchEntry[],
  handler: MessageHandler,
  values: readonly unknown[],
): readonly unknown[] {
  if (handler.isEventHandler || values.length === 0) return [];
  const [results, ...others] = values;
  if (Array.isArray(results) && results.length === entries.length && others.length === 0) return results;
  throw new BatchResultError(entries.length);
}
