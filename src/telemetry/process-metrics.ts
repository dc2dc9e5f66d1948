import { type Meter, type ObservableResult } from '@opentelemetry/api';
import { performance } from 'node:perf_hooks';

import { type EventLoopDelay } from './event-loop-delay.js';

/** Registers the process's own metrics: memory, processor time, and event loop delay. */
export function offerProcessMetrics(meter: Meter, delay: EventLoopDelay): void {
  const gauge = (name: string, unit: string, description: string, read: () => number): void => {
    const instrument = meter.createObservableGauge(name, { unit, description });
    instrument.addCallback((result) => result.observe(read()));
  };
  gauge('process.uptime', 's', 'Time since the process started', () => process.uptime());
  gauge('process.memory.usage', 'By', 'Resident memory', () => process.memoryUsage.rss());
  gauge('v8js.memory.heap.used', 'By', 'Memory that objects take', () => process.memoryUsage().heapUsed);
  const lateness = 'How late the event loop was since the last collection';
  gauge('nodejs.eventloop.delay.p50', 's', `${lateness}: half of the time`, () => delay.read().p50);
  gauge('nodejs.eventloop.delay.p99', 's', `${lateness}: one time in a hundred`, () => delay.read().p99);
  gauge('nodejs.eventloop.delay.max', 's', `${lateness}: at most`, () => delay.read().max);
  gauge(
    'nodejs.eventloop.utilization',
    '1',
    'Share of its time that the event loop was busy',
    () => performance.eventLoopUtilization().utilization,
  );
  const processor = meter.createObservableCounter('process.cpu.time', {
    unit: 's',
    description: 'Processor time',
  });
  processor.addCallback(observeProcessor);
}

function observeProcessor(result: ObservableResult): void {
  const { user, system } = process.cpuUsage();
  result.observe(user / 1e6, { 'cpu.mode': 'user' });
  result.observe(system / 1e6, { 'cpu.mode': 'system' });
}
