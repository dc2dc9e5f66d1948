import { runInNewContext } from 'node:vm';

import { describe, expect, it, jest } from '@jest/globals';
import { HttpException, Logger } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { Observable, throwError } from 'rxjs';

import { until } from '../../../test/support/until.js';
import { DeadLetterException, DrainedError, ServiceBusServer } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

import { WORK_HANDLER, WorkController } from './support/work-controller.js';
import { useTestbeds } from './support/work-testbed.js';

const DEAD = 'work/$DeadLetterQueue';
const twice = { maxAttempts: 2, delayMs: 1 };

class NamelessError extends Error {
  declare readonly name: string;

  constructor(message: string) {
    super(message);
    Object.defineProperty(this, 'name', { value: undefined });
  }
}

const withFields = (fields: PropertyDescriptorMap): Error =>
  Object.defineProperties(new Error('odd'), fields);
const throwing = {
  get: (): never => {
    throw new Error('this field cannot be read');
  },
};
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const untouchable = new Proxy(new Error('untouchable'), {
  get: throwing.get,
  getPrototypeOf: throwing.get,
  has: throwing.get,
});

class RefusingStatus extends HttpException {
  override getStatus(): never {
    throw new Error('no status');
  }
}

class RefusingError extends RpcException {
  override getError(): never {
    throw new Error('no error');
  }
}

/** Reason and number of runs that each of them has to end with. */
const ODD: [string, () => unknown, string, number][] = [
  ['an Error whose name is undefined', () => new NamelessError('stock is empty'), 'NamelessError', 2],
  ['an Error whose name is a number', () => withFields({ name: { value: 42 } }), 'Error', 2],
  ['an Error whose name is a symbol', () => withFields({ name: { value: Symbol('name') } }), 'Error', 2],
  ['an Error whose stack cannot be read', () => withFields({ stack: throwing }), 'Error', 2],
  ['an Error whose stack is an object', () => withFields({ stack: { value: {} } }), 'Error', 2],
  ['an Error whose message is a RegExp', () => withFields({ message: { value: /x/ } }), 'Error', 2],
  ['an Error whose message cannot be read', () => withFields({ message: throwing }), 'Error', 2],
  [
    'an Error of another realm',
    (): unknown => runInNewContext('new RangeError("far away")'),
    'RangeError',
    2,
  ],
  ['a Proxy that lets nothing be read', () => untouchable, 'Error', 2],
  ['a revoked Proxy', revoked, 'Error', 2],
  ['an object without a prototype', (): unknown => Object.create(null), 'Error', 2],
  ['a symbol', () => Symbol('thrown'), 'Error', 2],
  ['nothing', () => undefined, 'Error', 2],
  ['null', () => null, 'Error', 2],
  ['a function', () => () => 1, 'Error', 2],
  ['a bigint', () => 1n, 'Error', 2],
  ['a DrainedError, outside of any drain', () => new DrainedError(), 'DrainedError', 2],
  ['an AggregateError without errors', () => withErrors(undefined), 'AggregateError', 2],
  ['an HttpException without a response', () => new HttpException(null as never, 400), 'ValidationFailed', 1],
  ['an HttpException whose getStatus throws', () => new RefusingStatus('x', 400), 'RefusingStatus', 2],
  ['an RpcException whose getError throws', () => new RefusingError('x'), 'RefusingError', 2],
  [
    'validation errors without a prototype',
    () => new HttpException({ message: [bare()] }, 400),
    'ValidationFailed',
    1,
  ],
  [
    'a DeadLetterException without a reason',
    () => new DeadLetterException(undefined as never),
    'DeadLetterException',
    1,
  ],
  [
    'a DeadLetterException with a symbol',
    () => new DeadLetterException(Symbol('why') as never),
    'Symbol(why)',
    1,
  ],
];

function withErrors(errors: unknown): AggregateError {
  return Object.defineProperty(new AggregateError([], 'several'), 'errors', { value: errors });
}

function bare(): object {
  return Object.assign(Object.create(null) as object, { problem: 'x' });
}

describe('a handler that throws', () => {
  const { openWork } = useTestbeds();

  it.each(ODD)(
    '%s: is tried as configured and ends with the best reason',
    async (_what, thrown, reason, runs) => {
      const handler = jest.fn((payload: unknown) => (payload === 'bad' ? throwError(thrown) : undefined));
      const bus = await openWork(handler, { retry: twice }, { entities: { queues: ['replies'] } });
      const request = { replyTo: 'replies', applicationProperties: { 'request-id': 'r' } };
      await bus.sendMessage('work', { body: 'bad', ...request });
      await bus.clock.advance(1);
      expect(bus.deadLettered).toMatchObject([{ reason, attempt: runs }]);
      expect(handler).toHaveBeenCalledTimes(runs);
      // Its requester is told, whatever it was.
      bus.sent.one({ to: 'replies' });
      await bus.send('work', 'good');
      await bus.settled();
      bus.completed.one({ body: 'good' });
      const [health] = bus.get(ServiceBusServer).health();
      expect(health).toMatchObject({ state: 'receiving', inWork: 0, waitingForRetry: 0 });
      expect(health?.error).toBeUndefined();
    },
  );
});

describe('a handler that throws, and a logger that does', () => {
  const scene = serviceBusScene({ entities: { queues: [{ name: 'work', maxDeliveryCount: 50 }] } });

  it('do not keep the next message from being handled', async () => {
    const broken = (): never => {
      throw new Error('the disk is full');
    };
    const handler = jest.fn((payload: unknown) => {
      if (payload === 'bad') throw new Error('bad');
    });
    const circuitBreaker = { minMessages: 1, failureRatio: 0.1, pauseMs: 50 };
    const app = await scene.startWork(handler, { retry: twice, circuitBreaker });
    const spies = (['log', 'warn', 'error'] as const).map((level) =>
      jest.spyOn(Logger.prototype, level).mockImplementation(broken),
    );
    try {
      await scene.send('work', { body: 'bad' });
      await scene.take(DEAD);
      await scene.send('work', { body: 'good' });
      await until(() => scene.left('work') === 0);
      await until(() => app.server.health()[0]?.inWork === 0);
      expect(handler.mock.lastCall?.[0]).toBe('good');
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });
});

describe('a listener of errors that throws', () => {
  const scene = serviceBusScene({ entities: { queues: ['other'] } });

  it('keeps the binding from nothing: it goes on trying', async () => {
    const listener = jest.fn(() => {
      throw new Error('the pager is down');
    });
    const app = await scene.startApp({
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: () => undefined }],
      beforeStart: (server) => server.on('error', listener),
    });
    await until(() => listener.mock.calls.length > 1);
    expect(app.server.health()[0]).toMatchObject({ error: { code: 'MessagingEntityNotFound' } });
  });
});

describe('a stream whose teardown throws', () => {
  const scene = serviceBusScene({ entities: { queues: [{ name: 'work', lockDurationMs: 1_000 }] } });

  it('does not end the process when its lock is lost', async () => {
    let runs = 0;
    const endless = new Observable(() => () => {
      throw new Error('teardown');
    });
    await scene.startWork(() => (runs++ === 0 ? endless : 'done'), { retry: { maxAttempts: 5, delayMs: 1 } });
    scene.emulator.faults.failRenewals(1, 'com.microsoft:message-lock-lost', 'work');
    await scene.send('work', { body: 1 });
    await until(() => scene.left('work') === 0);
    expect(runs).toBe(2);
  });
});
