import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type RunningApp, startApp } from '../support/start-app.js';

describe('features', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ APPS: 'feedback-form,counter' });
  });
  afterAll(() => running.close());

  async function send(queue: string, body: unknown, contentType?: string): Promise<void> {
    const sender = running.client.createSender(queue);
    await sender.sendMessages({ body, contentType, messageId: `${queue}-${sent++}` });
    await sender.close();
  }
  let sent = 0;

  async function take(queue: string, isDead = false): Promise<ServiceBusReceivedMessage | undefined> {
    const receiver = running.client.createReceiver(queue, {
      receiveMode: 'receiveAndDelete',
      ...(isDead && { subQueueType: 'deadLetter' }),
    });
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    await receiver.close();
    return message;
  }

  it('counts a text', async () => {
    await send('counter-in', { text: 'Hello world! こんにちは。\n' });
    expect((await take('counter-out'))?.body).toEqual({ characters: 20, words: 3, sentences: 2, lines: 1 });
  });

  it('reads a feedback form', async () => {
    await send('feedback-form-in', {
      name: 'Ada Lovelace',
      email: 'ada@example.org',
      rating: 2,
      comment: 'The delivery was terribly slow. Call me: +49 170 1234567',
      campaign: 'what is not known is left out',
    });
    expect((await take('feedback-form-out'))?.body).toEqual({
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
    const message = await take(queue, true);
    expect(message?.deadLetterReason).toBe('ValidationFailed');
    for (const problem of problems) expect(message?.deadLetterErrorDescription).toContain(problem);
    expect(message?.body).toEqual(JSON.parse(JSON.stringify(body)));
  });

  it('dead-letters what is said to be JSON, and is not', async () => {
    await send('counter-in', Buffer.from('{"text": '), 'application/json');
    expect(await take('counter-in', true)).toMatchObject({ deadLetterReason: 'UndecodableMessage' });
  });

  it('does not serve what this process does not run', async () => {
    expect((await fetch(`${running.url}/receive`)).status).toBe(404);
  });
});
