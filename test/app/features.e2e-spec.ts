import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ServiceBusTestbed } from 'nestjs-service-bus/testing';

import { CounterModule } from '../../src/counter/counter.module.js';
import { FeedbackFormModule } from '../../src/feedback-form/feedback-form.module.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { startFeature } from '../support/start-feature.js';
import { until } from '../support/until.js';

describe('features', () => {
  let bus: ServiceBusTestbed;
  beforeAll(async () => {
    bus = await startFeature([CounterModule, FeedbackFormModule]);
  });
  afterEach(() => bus.clear());
  afterAll(() => bus.close());

  async function send(queue: string, body: unknown, contentType?: string): Promise<void> {
    await bus.sendMessage(queue, { body, contentType });
    await bus.settled();
  }

  it('counts a text', async () => {
    await send('counter-in', { text: 'Hello world! こんにちは。\n' });
    const { body } = bus.sent.one({ to: 'counter-out' });
    expect(body).toEqual({ characters: 20, words: 3, sentences: 2, lines: 1 });
  });

  it('reads a feedback form', async () => {
    await send('feedback-form-in', {
      name: 'Ada Lovelace',
      email: 'ada@example.org',
      rating: 2,
      comment: 'The delivery was terribly slow. Call me: +49 170 1234567',
      campaign: 'what is not known is left out',
    });
    expect(bus.sent.one({ to: 'feedback-form-out' }).body).toEqual({
      rating: 2,
      sentiment: 'negative',
      summary: 'The delivery was terribly slow.',
      hashtag: '#delivery',
      containsPersonalData: true,
    });
  });

  const FORM = { name: 'Ada', email: 'ada@example.org', rating: 5, comment: '' };
  it.each([
    ['counter-in', {}, ['text must be a string']],
    ['counter-in', { text: '' }, ['text must be longer than or equal to 1 characters']],
    [
      'counter-in',
      { text: 'x'.repeat(100_001) },
      ['text must be shorter than or equal to 100000 characters'],
    ],
    ['counter-in', { text: 5 }, ['text must be a string']],
    ['counter-in', null, ['text must be a string']],
    ['counter-in', 'just a text', ['text must be a string']],
    ['counter-in', [{ text: 'in a list' }], ['text']],
    [
      'feedback-form-in',
      { ...FORM, rating: 6, email: 'nobody' },
      ['rating must not be greater than 5', 'email must be an email'],
    ],
    ['feedback-form-in', { ...FORM, rating: '5' }, ['rating must be an integer number']],
    ['feedback-form-in', { ...FORM, name: undefined }, ['name must be a string']],
  ])('dead-letters what is not valid in %s, and says why: %j', async (queue, body, problems) => {
    await send(queue, body);
    const { reason, description } = bus.deadLettered.one({ from: queue, attempt: 1 });
    expect(reason).toBe('ValidationFailed');
    for (const problem of problems) expect(description).toContain(problem);
    const dead = bus.entity(`${queue}/$DeadLetterQueue`).messages().at(-1);
    expect(dead?.body).toEqual(JSON.parse(JSON.stringify(body)));
    expect(bus.sent).toEqual([]);
  });

  it('dead-letters what is said to be JSON, and is not', async () => {
    await send('counter-in', Buffer.from('{"text": '), 'application/json');
    expect(bus.deadLettered).toMatchObject([{ reason: 'UndecodableMessage' }]);
  });
});

describe('the service with two of its features', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ APPS: 'feedback-form,counter' });
  });
  afterAll(() => running.close());

  it('answers messages, and dead-letters what is not valid', async () => {
    const { client, emulator } = running;
    const sender = client.createSender('counter-in');
    await sender.sendMessages([{ body: { text: 5 } }, { body: { text: 'Hello world!' } }]);
    const [count] = await client.createReceiver('counter-out').receiveMessages(1);
    expect(count?.body).toMatchObject({ words: 2 });
    await until(() => emulator.entity('counter-in/$DeadLetterQueue').messageCount === 1);
  });

  it('does not serve what this process does not run', async () => {
    expect((await fetch(`${running.url}/receive`)).status).toBe(404);
  });
});
