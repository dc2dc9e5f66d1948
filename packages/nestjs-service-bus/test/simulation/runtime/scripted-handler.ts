import { BadRequestException } from '@nestjs/common';
import { type MessageHandler } from '@nestjs/microservices';
import { from } from 'rxjs';

import { DeadLetterException } from '../../../src/exceptions/dead-letter.exception.js';
import { DeferException } from '../../../src/exceptions/defer.exception.js';
import { RetryException } from '../../../src/exceptions/retry.exception.js';
import { type ServiceBusBatchContext } from '../../../src/delivery/service-bus-batch.context.js';
import { type ServiceBusContext } from '../../../src/delivery/service-bus.context.js';
import { type Step } from '../plan.js';
import { type Execution } from './input-record.js';
import { type Judge } from './judge.js';
import { type RuntimeProcess } from './runtime-process.js';

/** The body of an output. */
export interface Output {
  readonly input: number;
  readonly index: number;
  readonly execution: number;
}

/** The body of an input. */
interface Payload {
  readonly input: number;
}

/** A handler that treats each input as planned, and reports to the judge. */
export function scriptedHandler(judge: Judge, process: RuntimeProcess): MessageHandler {
  return async ({ input }: Payload, context: ServiceBusContext) => {
    const outputs = await execute(judge.started(process, input, context), judge);
    return outputs.length > 1 ? from(outputs) : outputs[0];
  };
}

/** The same for a batch of inputs, each with its own outcome. */
export function scriptedBatchHandler(judge: Judge, process: RuntimeProcess): MessageHandler {
  return async (payloads: readonly Payload[], context: ServiceBusBatchContext) => {
    judge.calledInBatch(process, 1);
    const begun = payloads.map(({ input }, index) => {
      const own = context.messages[index];
      if (!own) throw new Error(`the batch has no context for message ${index}`);
      return judge.started(process, input, own);
    });
    const ends = await Promise.allSettled(begun.map((execution) => act(execution, execution.context)));
    judge.calledInBatch(process, -1);
    return begun.map((execution, index) => {
      const end = ends[index];
      // Failures count only once the call has ended: before that, a drain may give the whole batch back.
      if (end?.status !== 'rejected') return outputsOf(execution, judge)[0];
      judge.ended(execution, end.reason);
      context.fail(index, end.reason);
      return undefined;
    });
  };
}

async function execute(execution: Execution, judge: Judge): Promise<Output[]> {
  try {
    await act(execution, execution.context);
  } catch (error) {
    judge.ended(execution, error);
    throw error;
  }
  return outputsOf(execution, judge);
}

function outputsOf(execution: Execution, judge: Judge): Output[] {
  judge.ended(execution);
  const { number, results } = execution.record.input;
  return Array.from({ length: results }, (_none, index) => ({
    input: number,
    index,
    execution: execution.number,
  }));
}

async function act({ step, number, process }: Execution, context: ServiceBusContext): Promise<void> {
  const workMs = process.workMs(step.afterMs);
  if (workMs > 0) await new Promise<void>((resolve) => setTimeout(resolve, workMs));
  if (step.kind === 'hang') return hang(step, context.signal);
  if (step.kind === 'complete-itself') return context.complete();
  if (step.kind === 'abandon-itself') return context.abandon();
  const error = step.kind === 'fail' ? oddError(number) : errorOf(step);
  if (error) throw error;
}

async function hang(step: Extract<Step, { kind: 'hang' }>, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
  if (!step.succeedsThen) throw signal.reason;
}

/** A plain error, and errors of the shapes that users' code may throw, in turns. */
function oddError(execution: number): Error {
  const error = new Error('failed');
  const { proxy, revoke } = Proxy.revocable(new Error('revoked'), {});
  revoke();
  const shapes: unknown[] = [
    error,
    Object.defineProperty(new Error('nameless'), 'name', { value: undefined }),
    Object.create(null),
    proxy,
    'failed',
  ];
  return shapes[execution % shapes.length] as Error;
}

function errorOf(step: Step): Error | undefined {
  switch (step.kind) {
    case 'fail-by-type':
      return new TypeError('failed by type');
    case 'refuse':
      return new DeadLetterException('Refused');
    case 'defer':
      return new DeferException();
    case 'invalid':
      return new BadRequestException(['it is invalid']);
    case 'retry-later':
      return new RetryException({ delayMs: step.delayMs });
    default:
      return undefined;
  }
}
