import { type ServiceBusSender } from '@azure/service-bus';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tracing } from '@opentelemetry/sdk-node';

import { getSenderToken, ServiceBusClientProxy, ServiceBusModule } from '../../src/index.js';
import { serviceBusScene } from '../support/service-bus-scene.js';
import { until } from '../../../../test/support/until.js';
import { type Recorded, RecordedSpans } from './recorded-spans.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

const parentOf = (span: Recorded | undefined): string | undefined => span?.parentSpanContext?.spanId;
const idOf = (span: Recorded | undefined): string | undefined => span?.spanContext().spanId;

describe('the trace of a message', () => {
  let spans: RecordedSpans;
  beforeEach(() => {
    spans = RecordedSpans.start();
  });
  afterEach(() => spans.close());

  const scene = serviceBusScene({ entities: { queues: ['work', 'results', 'replies'] } });
  const ended = async (name: string, count = 1): Promise<Recorded[]> => {
    await until(() => spans.named(name).length >= count);
    return spans.named(name);
  };

  it.each(['traceparent', 'Diagnostic-Id'])(
    'goes on from its sender, by %s, through the handler to the output',
    async (name) => {
      await scene.startWork(() => 'done', { replyTo: 'results' });
      const applicationProperties = { [name]: TRACEPARENT, tracestate: 'vendor=1' };
      await scene.send('work', { body: 'x', messageId: 'm1', correlationId: 'c1', applicationProperties });
      const [output] = await scene.take('results');
      const [processed] = await ended('process work');
      const [sent] = await ended('send results');
      const [completed] = await ended('complete work');
      for (const span of [processed, sent, completed]) expect(span?.spanContext().traceId).toBe(TRACE_ID);
      expect(parentOf(processed)).toBe(SPAN_ID);
      expect(parentOf(sent)).toBe(idOf(processed));
      expect(parentOf(completed)).toBe(idOf(processed));
      const traceparent = `00-${TRACE_ID}-${idOf(sent)}-01`;
      expect(output?.applicationProperties).toEqual({
        traceparent,
        'Diagnostic-Id': traceparent,
        tracestate: 'vendor=1',
      });
    },
  );

  it('follows the messaging conventions', async () => {
    await scene.startWork(() => 'done', { replyTo: 'results' });
    await scene.send('work', { body: 'x', messageId: 'm1', correlationId: 'c1' });
    const [processed] = await ended('process work');
    expect(processed?.kind).toBe(SpanKind.CONSUMER);
    expect(processed?.attributes).toMatchObject({
      'messaging.system': 'servicebus',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'work',
      'messaging.message.id': 'm1',
      'messaging.message.conversation_id': 'c1',
      'messaging.servicebus.message.delivery_count': 0,
      'messaging.servicebus.message.enqueued_time': expect.any(Number),
    });
    const [sent] = await ended('send results');
    expect(sent?.kind).toBe(SpanKind.PRODUCER);
    expect(sent?.attributes).toMatchObject({
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'results',
      'messaging.message.id': 'm1:work',
    });
    const [completed] = await ended('complete work');
    expect(completed?.kind).toBe(SpanKind.CLIENT);
    expect(completed?.attributes).toMatchObject({
      'messaging.operation.type': 'settle',
      'messaging.servicebus.disposition_status': 'complete',
      'messaging.message.id': 'm1',
    });
  });

  it('records the error of each attempt', async () => {
    const handler = (): void => {
      throw new TypeError('broken');
    };
    await scene.startWork(handler, { retry: { maxAttempts: 2, delayMs: 1, maxDelayMs: 1 } });
    await scene.send('work', { body: 'x', applicationProperties: { traceparent: TRACEPARENT } });
    const attempts = await ended('process work', 2);
    for (const attempt of attempts) {
      expect(attempt.status).toEqual({ code: SpanStatusCode.ERROR, message: 'TypeError: broken' });
      expect(attempt.attributes['error.type']).toBe('TypeError');
      expect(attempt.spanContext().traceId).toBe(TRACE_ID);
    }
    const [abandoned] = await ended('abandon work');
    expect(parentOf(abandoned)).toBe(idOf(attempts[0]));
    const [dead] = await ended('dead_letter work');
    expect(dead?.attributes['messaging.servicebus.disposition_status']).toBe('dead_letter');
    expect(parentOf(dead)).toBe(idOf(attempts[1]));
  });

  it('contains the spans of the handler, each in the trace of its own message', async () => {
    const handler = async (payload: unknown): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      trace
        .getTracer('test')
        .startSpan(`query ${String(payload)}`)
        .end();
    };
    await scene.startWork(handler);
    await scene.send(
      'work',
      ...Array.from({ length: 10 }, (_, index) => ({ body: index, messageId: `m${index}` })),
    );
    const processed = await ended('process work', 10);
    for (let index = 0; index < 10; index++) {
      const [query] = spans.named(`query ${index}`);
      const own = processed.find(({ attributes }) => attributes['messaging.message.id'] === `m${index}`);
      expect(parentOf(query)).toBe(idOf(own));
    }
  });

  it('continues with a copy that waits for a retry', async () => {
    const handler = (_: unknown, { attempt }: { attempt: number }): void => {
      if (attempt === 1) throw new TypeError('broken');
    };
    await scene.startWork(handler, { retry: { delayMs: 50, maxDelayMs: 50, maxHoldMs: 0 } });
    await scene.send('work', { body: 'x', applicationProperties: { traceparent: TRACEPARENT } });
    // The first span ends with its completion, at about the time when the copy is done.
    const [first, second] = (await ended('process work', 2)).sort(
      (one, other) => one.startTime[0] - other.startTime[0] || one.startTime[1] - other.startTime[1],
    );
    const [copied] = spans.named('send work');
    expect(parentOf(copied)).toBe(idOf(first));
    expect(parentOf(second)).toBe(idOf(copied));
    expect(second?.spanContext().traceId).toBe(TRACE_ID);
  });

  it('begins with a client’s request, and returns with the reply', async () => {
    await scene.startWork((payload) => payload);
    const client = new ServiceBusClientProxy({
      connectionString: scene.emulator.connectionString,
      replyQueue: 'replies',
    });
    const tracer = trace.getTracer('test');
    const reply = await tracer.startActiveSpan('request', async (span) => {
      await client.connect();
      const value = new Promise((resolve, reject) =>
        client.send('work', 'x').subscribe({ next: resolve, error: reject }),
      );
      span.end();
      return value;
    });
    expect(reply).toBe('x');
    await client.close();
    const [request] = await ended('request');
    const [asked] = await ended('send work');
    const [processed] = await ended('process work');
    // Whoever sends a request names the place of its reply: it is told by an attribute, names of spans are few.
    const [answered] = await ended('send _OTHER');
    expect(answered?.attributes['messaging.destination.name']).toBe('replies');
    expect(parentOf(asked)).toBe(idOf(request));
    expect(parentOf(processed)).toBe(idOf(asked));
    expect(parentOf(answered)).toBe(idOf(processed));
  });
});

describe('what an injected sender sends', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'results'] } });

  it('is part of its caller’s trace: one message, several, and scheduled ones', async () => {
    const spans = RecordedSpans.start();
    const app = await scene.startApp({ imports: [ServiceBusModule.forFeature({ senders: ['results'] })] });
    const sender = app.app.get<ServiceBusSender>(getSenderToken('results'));
    const foreign = { body: 'foreign', applicationProperties: { traceparent: TRACEPARENT } };
    await trace.getTracer('test').startActiveSpan('caller', async (span) => {
      await sender.sendMessages(foreign);
      await sender.sendMessages([{ body: 'a' }, { body: 'b' }]);
      await sender.scheduleMessages({ body: 'later' }, new Date(Date.now() + 10));
      span.end();
    });
    await sender.sendMessages({ ...foreign, body: 'alone' });
    const sent = await scene.take('results', 5);
    const traceIds = new Map(
      sent.map((message) => [
        message.body as string,
        String(message.applicationProperties?.['traceparent']).slice(3, 35),
      ]),
    );
    const [caller] = spans.named('caller');
    const own = caller?.spanContext().traceId;
    expect(Object.fromEntries(traceIds)).toEqual({
      foreign: own,
      a: own,
      b: own,
      later: own,
      alone: TRACE_ID,
    });
    expect(foreign.applicationProperties).toEqual({ traceparent: TRACEPARENT });
    const [one, many] = spans.named('send results');
    expect(one?.links.map(({ context }) => context.traceId)).toEqual([TRACE_ID]);
    expect(many?.attributes['messaging.batch.message_count']).toBe(2);
    await spans.close();
  });

  it('marks its span as failed when it fails', async () => {
    const spans = RecordedSpans.start();
    const app = await scene.startApp({ imports: [ServiceBusModule.forFeature({ senders: ['results'] })] });
    const sender = app.app.get<ServiceBusSender>(getSenderToken('results'));
    scene.emulator.faults.refuseSends(1, 'amqp:not-allowed');
    await expect(sender.sendMessages({ body: 'x' })).rejects.toThrow();
    const [failed] = spans.named('send results');
    expect(failed?.status.code).toBe(SpanStatusCode.ERROR);
    expect(failed?.attributes['error.type']).toEqual(expect.any(String));
    await spans.close();
  });
});

describe('a trace that is not recorded', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'results'] } });

  it('is still passed on to the next receiver', async () => {
    const spans = RecordedSpans.start(new tracing.AlwaysOffSampler());
    await scene.startWork(() => 'done', { replyTo: 'results' });
    await scene.send('work', { body: 'x', applicationProperties: { traceparent: TRACEPARENT } });
    const [output] = await scene.take('results');
    expect(output?.applicationProperties?.['traceparent']).toMatch(
      new RegExp(`^00-${TRACE_ID}-(?!${SPAN_ID})[0-9a-f]{16}-00$`),
    );
    expect(spans.all).toEqual([]);
    await spans.close();
  });
});
