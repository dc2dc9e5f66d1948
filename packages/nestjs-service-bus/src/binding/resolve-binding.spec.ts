import { describe, expect, it } from '@jest/globals';

import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type BindingOptions } from './binding.js';
import { BindingRegistry } from './binding-registry.js';
import { resolveBinding } from './resolve-binding.js';

describe('a binding', () => {
  it('has defaults for everything', () => {
    expect(resolveBinding('orders', {})).toEqual({
      pattern: 'orders',
      entity: 'orders',
      subscription: undefined,
      entityPath: 'orders',
      replyTo: undefined,
      allowReplyTo: true,
      decode: true,
      paused: false,
      maxConcurrentCalls: 16,
      retry: { maxAttempts: 5, delayMs: 1_000, maxDelayMs: 60_000, maxHoldMs: 300_000, exceptions: [] },
      watchdog: { silenceMs: 60_000 },
      declaredEntity: {},
      declaredReplyTo: {},
    });
  });

  it('takes an option that is there and undefined for one that is left out', () => {
    const options = { retry: { maxAttempts: undefined }, watchdog: { silenceMs: undefined } } as object;
    expect(resolveBinding('orders', options)).toEqual(resolveBinding('orders', {}));
  });

  it('refuses a decode that is no boolean', () => {
    expect(() => resolveBinding('orders', { decode: 'json' as never })).toThrow(
      'decode is neither true nor false',
    );
  });

  it('refuses an allowReplyTo that is nothing of the kind', () => {
    for (const allowReplyTo of ['replies', [1], {}, null]) {
      expect(() => resolveBinding('orders', { allowReplyTo: allowReplyTo as never })).toThrow(/allowReplyTo/);
    }
  });

  it('reads a queue or a subscription', () => {
    expect(resolveBinding('p', { queue: 'q' })).toMatchObject({ entity: 'q', entityPath: 'q' });
    expect(resolveBinding('p', { topic: 't', subscription: 's' })).toMatchObject({
      entity: 't',
      subscription: 's',
      entityPath: 't/Subscriptions/s',
    });
  });

  it.each([
    [{ queue: 'q', topic: 't', subscription: 's' }, /a queue and a topic/],
    [{ topic: 't' }, /topic and subscription together/],
    [{ queue: '' }, /queue is empty/],
    [{ maxConcurrentCalls: 0 }, /maxConcurrentCalls is 0, allowed is a whole number from 1 to 500/],
    [{ maxConcurrentCalls: 1.5 }, /maxConcurrentCalls is 1.5/],
    [
      { maxConcurrentCalls: { max: 0 } },
      /maxConcurrentCalls.max is 0, allowed is a whole number from 1 to 500/,
    ],
    [{ maxConcurrentCalls: 'auto', sessions: {} }, /has sessions and maxConcurrentCalls/],
    [{ maxConcurrentCalls: 'auto', batch: {} }, /has batch and an adaptive maxConcurrentCalls/],
    [{ batch: { maxMessages: 0 } }, /batch.maxMessages is 0, allowed is a whole number from 1 to 500/],
    [{ batch: { maxWaitMs: 0.5 } }, /batch.maxWaitMs is 0.5/],
    [{ batch: { maxMessages: 101 }, maxConcurrentCalls: 5 }, /is 505, allowed is up to 500/],
    [{ batch: {}, sessions: {} }, /has sessions and batch/],
    [{ sessions: {}, maxConcurrentCalls: 4 }, /sessions.maxConcurrentSessions is the limit/],
    [{ sessions: { maxConcurrentSessions: 0 } }, /sessions.maxConcurrentSessions is 0/],
    [{ sessions: { idleTimeoutMs: 0.5 } }, /sessions.idleTimeoutMs is 0.5/],
    [{ retry: { maxAttempts: Number.NaN } }, /retry.maxAttempts is NaN/],
    [{ retry: { maxHoldMs: -1 } }, /retry.maxHoldMs is -1/],
    [{ retry: { exceptions: [{ type: TypeError, maxAttempts: 0 }] } }, /of TypeError.maxAttempts is 0/],
    [{ circuitBreaker: { failureRatio: 0 } }, /circuitBreaker.failureRatio is 0/],
    [{ circuitBreaker: { pauseMs: 0.5 } }, /circuitBreaker.pauseMs is 0.5/],
    [{ circuitBreaker: true, sessions: {} }, /has sessions and circuitBreaker/],
    [{ retry: { delayMs: -1 } }, /retry.delayMs is -1/],
    [{ rate: { perSecond: 0 } }, /rate.perSecond is 0, allowed is a number from 0.001 to 1000000$/],
    [{ rate: { perSecond: -1 } }, /rate.perSecond is -1/],
    [{ rate: { perSecond: Number.NaN } }, /rate.perSecond is NaN/],
    [{ rate: { perSecond: Infinity } }, /rate.perSecond is Infinity/],
    [{ rate: { perSecond: '5' } }, /rate.perSecond is "5", allowed is a number/],
    [{ rate: {} }, /rate.perSecond is undefined/],
    [
      { rate: { perSecond: 5, burst: 0.5 } },
      /rate.burst is 0.5, allowed is a whole number from 1 to 1000000/,
    ],
    [{ rate: { perSecond: 5, burst: '2' } }, /rate.burst is "2"/],
    [{ rate: { perSecond: 5, brust: 2 } }, /rate.brust is not known: did you mean rate.burst/],
    [{ rate: 5 }, /rate is 5, allowed is an object: { perSecond: 10 }/],
    [{ rate: null }, /rate is null/],
  ] as const)('with %j is refused by name', (wrong, problem) => {
    const options = wrong as BindingOptions;
    expect(() => resolveBinding('orders', options)).toThrow(ServiceBusConfigurationError);
    expect(() => resolveBinding('orders', options)).toThrow(problem);
    expect(() => resolveBinding('orders', options)).toThrow(/binding "orders"/);
  });

  it('with sessions has their defaults, and as many calls at once as sessions', () => {
    expect(resolveBinding('orders', { sessions: {} })).toMatchObject({
      sessions: { maxConcurrentSessions: 8, idleTimeoutMs: 1_000 },
      maxConcurrentCalls: 8,
    });
    expect(resolveBinding('orders', { sessions: { maxConcurrentSessions: 3 } }).maxConcurrentCalls).toBe(3);
  });

  it('has a rate with tokens at equal distances, or with a burst', () => {
    expect(resolveBinding('orders', { rate: { perSecond: 0.5 } }).rate).toEqual({ perSecond: 0.5, burst: 1 });
    const rate = { perSecond: 10, burst: 20 };
    expect(resolveBinding('orders', { rate, sessions: {} }).rate).toEqual(rate);
  });

  it('that is adaptive begins with 16 calls at once, or with its own maximum', () => {
    expect(resolveBinding('orders', { maxConcurrentCalls: 'auto' })).toMatchObject({
      maxConcurrentCalls: 16,
      adaptive: { max: 200 },
    });
    expect(resolveBinding('orders', { maxConcurrentCalls: { max: 8 } })).toMatchObject({
      maxConcurrentCalls: 8,
      adaptive: { max: 8 },
    });
    expect(resolveBinding('orders', { maxConcurrentCalls: 300 }).adaptive).toBeUndefined();
  });

  it('with batches has so many calls at once that all its messages have a place', () => {
    expect(resolveBinding('orders', { batch: {} })).toMatchObject({
      batch: { maxMessages: 50, maxWaitMs: 100 },
      maxConcurrentCalls: 10,
    });
    expect(resolveBinding('orders', { batch: { maxMessages: 500 } }).maxConcurrentCalls).toBe(1);
    expect(resolveBinding('orders', { batch: { maxMessages: 2 } }).maxConcurrentCalls).toBe(16);
    const both = { batch: { maxMessages: 100 }, maxConcurrentCalls: 5 };
    expect(resolveBinding('orders', both).maxConcurrentCalls).toBe(5);
  });

  it('takes an undefined value for none: a configuration gives it for what nobody has set', () => {
    const unset = {
      replyTo: undefined,
      maxConcurrentCalls: undefined,
      retry: { maxAttempts: undefined, exceptions: undefined },
      watchdog: { silenceMs: undefined },
      circuitBreaker: { pauseMs: undefined },
    };
    expect(resolveBinding('orders', unset)).toEqual(resolveBinding('orders', { circuitBreaker: true }));
  });

  it('is declared once', () => {
    const registry = new BindingRegistry();
    registry.add('orders', { queue: 'a' });
    expect(() => registry.add('orders', { queue: 'b' })).toThrow(/"orders" is declared twice/);
  });
});
