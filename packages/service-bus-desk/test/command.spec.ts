import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';

import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDeskHandler, Desk, type HandDeadLetter } from 'service-bus-desk';
import { type Emulator } from 'service-bus-emulator';

import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { runCommand } from '../src/command/run.js';
import { deadLetterAll } from './dead-letter-all.js';
import { withKey } from './with-key.js';

const LISTENER = { keyName: 'listener', primaryKey: 'bGlzdGVuZXI=', rights: ['Listen'] };

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Around {
  readonly environment?: Record<string, string>;
  readonly typed?: string;
  readonly isTerminal?: boolean;
}

describe('the command', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'desk-'));
    emulator = await startTestEmulator(
      {
        queues: ['orders', 'empty', 'plain', 'failed', { name: 'sessions', requiresSession: true }],
        topics: [{ name: 'events', subscriptions: ['audit'] }],
      },
      { authorizationRules: [LISTENER] },
    );
    client = new ServiceBusClient(emulator.connectionString);
    const messages = Array.from({ length: 6 }, (_, index) => ({ body: { index }, messageId: `m${index}` }));
    await client.createSender('orders').sendMessages(messages);
    await deadLetterAll(client, 'orders', 6, (_, index) => ({
      reason: index < 4 ? 'HttpError' : 'Odd\u001b]0;title\u0007',
      description: `GET /${index} failed`,
      handler: 'Orders.take',
    }));
  });

  afterAll(async () => {
    await client.close();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  async function desk(line: string | string[], around: Around = {}): Promise<Ended> {
    const { environment = { SB_CONNECTION: emulator.connectionString }, typed, isTerminal = false } = around;
    const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const isTTY = { isTTY: isTerminal };
    let [out, err] = ['', ''];
    output.on('data', (chunk: Buffer) => (out += chunk.toString()));
    errors.on('data', (chunk: Buffer) => (err += chunk.toString()));
    input.end(typed);
    const code = await runCommand(typeof line === 'string' ? line.split(' ') : line, '1.2.3', {
      environment,
      input: Object.assign(input, isTTY),
      output: Object.assign(output, isTTY),
      errors: Object.assign(errors, isTTY),
      signal: new AbortController().signal,
    });
    return { code, out, err };
  }

  const rows = ({ out }: Ended): unknown[] =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  it('lists entities, groups and messages, as a table or as JSON', async () => {
    const entities = await desk('dead-letters list');
    expect(entities.out).toMatch(/^dead letters {2}entity\n +6 {2}orders\n$/);
    const groups = await desk('dl list orders');
    expect(groups).toMatchObject({ code: 0, err: '' });
    expect(groups.out).toMatch(/^group .*\n[\da-f]{8} +4 .*HttpError +Orders\.take +GET \/<n> failed\n/);
    expect(groups.out).not.toContain('\u001b');
    const coloured = await desk('dl list orders', { isTerminal: true });
    expect(coloured.out).toContain('\u001b[1m');
    expect(coloured.out).not.toContain('\u001b]0;');
    const [first] = rows(await desk('dl list orders --json')) as { id: string; count: number }[];
    expect(first).toMatchObject({ count: 4, reason: 'HttpError' });
    const ofGroup = rows(await desk(`dl list orders -m --group ${first?.id} --json`));
    expect(ofGroup).toHaveLength(4);
    expect((await desk('dl list orders -m --max 1')).out.split('\n')).toHaveLength(3);
    expect((await desk('dl list empty')).out).toBe('empty: no dead letters\n');
  });

  it('shows one', async () => {
    const { out } = await desk('dl show orders 1');
    expect(out).toMatch(/messageId +m0\n/);
    expect(out).toMatch(/body \(data, binary\)\n\{\n {2}"index": 0\n\}/);
    expect(out).toContain('at Orders.take (file.ts:1:2)');
    expect(rows(await desk('--json dl show orders 1'))).toEqual([
      expect.objectContaining({ sequenceNumber: '1', handler: 'Orders.take', attempt: 5 }),
    ]);
    expect(await desk('dl show orders 99')).toMatchObject({
      code: 1,
      err: 'service-bus-desk: orders has no dead letter #99\n',
    });
  });

  it('says what is wrong in one line, and never tells a key', async () => {
    const nobody = await desk('queues', { environment: {} });
    expect(nobody).toMatchObject({ code: 2, out: '' });
    expect(nobody.err).toMatch(/^service-bus-desk: set SB_CONNECTION to .*\n$/);
    const both = {
      SB_CONNECTION: emulator.connectionString,
      SERVICE_BUS_NAMESPACE: 'a.servicebus.windows.net',
    };
    expect((await desk('queues', { environment: both })).err).toContain('set one of them');
    const wrong = 'Endpoint=sb://x;SharedAccessKey=topsecret';
    const bad = await desk('queues', { environment: { SB_CONNECTION: wrong } });
    expect(bad.err).not.toContain('topsecret');
    expect(bad.err.trim().split('\n')).toHaveLength(1);
    const nowhere = await desk('dl list nowhere');
    expect(nowhere).toMatchObject({ code: 1 });
    expect(nowhere.err).toBe(
      'service-bus-desk: there is no such entity in this namespace: service-bus-desk queues shows which there are\n',
    );
    const listener = { SB_CONNECTION: withKey(emulator.connectionString, LISTENER) };
    const names = await desk('queues', { environment: listener });
    expect(names.err).toContain('needs the right Manage, which this key does not have: name the entity');
    const sending = await desk('send plain x', { environment: listener });
    expect(sending).toMatchObject({ code: 1 });
    expect(sending.err).toContain('sending needs Send');
    expect(await desk('dl list orders --since never')).toMatchObject({ code: 2 });
    expect((await desk('dl resubmit')).err).toContain("missing required argument 'entity'");
    expect((await desk('nonsense')).code).toBe(2);
    expect(await desk('--version')).toMatchObject({ code: 0, out: '1.2.3\n' });
    expect((await desk('dl resubmit --help')).out).toContain('--canary-wait <time>');
  });

  it('asks for the name before it destroys', async () => {
    expect(await desk('dl purge orders -n 6')).toMatchObject({
      code: 2,
      err: 'service-bus-desk: this cannot be undone: confirm it with --confirm orders\n',
    });
    const wrong = await desk('dl purge orders -n 6', { isTerminal: true, typed: 'order\n' });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('1 dead letters of orders will be gone for good');
    expect(wrong.err).toContain('order is not orders: nothing was done');
    expect((await desk('dl purge orders -n 6 --dry-run')).out).toBe('1 messages; nothing was changed\n');
    const right = await desk('dl purge orders -n 6', { isTerminal: true, typed: 'orders\n' });
    expect(right).toMatchObject({ code: 0 });
    expect(right.out).toBe('1 of 1 done\n');
    expect(right.err).toContain('█ 1/1');
  });

  it('exports, imports and resubmits', async () => {
    const file = path.join(folder, 'all.jsonl');
    expect(await desk(`dl export orders -o ${file} --text 3`)).toMatchObject({
      code: 0,
      err: `1 exported to ${file}\n`,
    });
    expect((await desk(`dl export orders -o ${file}`)).code).toBe(2);
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(1);
    expect(await desk(`dl import ${file} --to plain --no-canary`)).toMatchObject({
      code: 0,
      out: '1 of 1 done\n',
    });
    const journal = path.join(folder, 'run.jsonl');
    const stopped = await desk(`dl resubmit orders --canary-wait 0s --journal ${journal}`);
    expect(stopped.code).toBe(3);
    expect(stopped.err).toContain('is anybody receiving them?');
    const subscription = await desk('dl resubmit events/Subscriptions/audit');
    expect(subscription).toMatchObject({ code: 2 });
    expect(subscription.err).toContain('go to all of its subscriptions');
    const edited = 'dl import --to plain --no-canary --json';
    expect(rows(await desk([...edited.split(' '), file]))).toEqual([
      expect.objectContaining({ done: 1, failed: 0 }),
    ]);
  });

  it('sends, peeks, schedules, cancels, and shows sessions', async () => {
    expect(await desk(['send', 'plain', 'good night', '--message-id', 'x', '-p', 'a=b'])).toMatchObject({
      out: 'sent\n',
    });
    expect((await desk('send plain', { typed: 'from a pipe' })).out).toBe('sent\n');
    const [scheduled] = rows(await desk('send plain later --at 2h --json')) as { sequenceNumber: string }[];
    const peeked = await desk('peek plain');
    expect(peeked.out).toMatch(/active .* x +good night\n/);
    expect(peeked.out).toContain('from a pipe');
    expect((await desk('schedule list plain')).out).toMatch(/scheduled .* later\n/);
    expect(await desk(`schedule cancel plain ${scheduled?.sequenceNumber}`)).toMatchObject({
      out: '1 cancelled\n',
    });
    expect((await desk(`schedule cancel plain ${scheduled?.sequenceNumber}`)).code).toBe(1);
    await desk('send sessions hi --session s1');
    const session = await client.acceptSession('sessions', 's1');
    await session.setSessionState({ step: 2 });
    await session.close();
    expect((await desk('sessions sessions')).out).toBe('s1\n');
    expect((await desk('sessions sessions s1')).out).toBe('{"step":2}\n');
    const queues = await desk('queues');
    expect(queues.out).toMatch(/^active {2}change\/s {2}dead .*entity\n/);
    expect(queues.out).toMatch(/ 1 +0 +0 +0 +sessions\n/);
  });

  it('completes commands, options and names', async () => {
    const complete = async (...words: string[]): Promise<string[]> =>
      (await desk(['__complete', ...words])).out.trim().split('\n');
    expect(await complete()).toEqual(expect.arrayContaining(['dead-letters', 'queues', 'peek', 'schedule']));
    expect(await complete('dead-letters')).toEqual(expect.arrayContaining(['list', 'resubmit', 'purge']));
    expect(await complete('dl', 'purge')).toEqual(
      expect.arrayContaining(['--confirm', '--rate', 'orders', 'events/Subscriptions/audit']),
    );
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect((await desk(`completion ${shell}`)).out).toContain('service-bus-desk __complete');
    }
  });

  it('has a service redrive, by its desk, and says what became of it', async () => {
    await client.createSender('failed').sendMessages([{ body: 'good' }, { body: 'bad' }, { body: 'worse' }]);
    await deadLetterAll(client, 'failed', 3, (body) => ({ reason: String(body), description: 'x' }));
    const namespace = await Desk.open({ connectionString: emulator.connectionString });
    const receiver = client.createReceiver('failed', { subQueueType: 'deadLetter' });
    const handle: HandDeadLetter = async (_entity, { bytes, lockToken }) => {
      const locked = { lockToken, delivery: {} } as unknown as ServiceBusReceivedMessage;
      if (bytes.includes('good')) await receiver.completeMessage(locked);
      else await receiver.abandonMessage(locked);
      return bytes.includes('good')
        ? { kind: 'handled' }
        : { kind: 'failed', reason: 'Still', description: 'y' };
    };
    const handler = createDeskHandler(namespace, {
      basePath: '/desk',
      identify: ({ headers }) =>
        headers['x-api-key'] === 'secret' ? { name: 'me', maySee: true, mayChange: true } : undefined,
      handlers: {
        bindings: () => [],
        redrive: (entity, options) => namespace.redrive(entity, handle, options),
      },
    });
    const server = createServer((request, response) => handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = { DESK_SERVICE: url, DESK_KEY: 'secret' };
    const redrive = (flags: string, further: object = {}): Promise<Ended> =>
      desk(`dl redrive failed ${flags}`.trim().split(/ +/), { environment: { ...environment, ...further } });
    expect(await redrive('--dry-run')).toMatchObject({ code: 0, out: '3 messages; nothing was changed\n' });
    expect(await redrive('--reason good')).toMatchObject({ code: 0, out: '1 of 1 done\n', err: '' });
    expect(await redrive('')).toMatchObject({ code: 3, err: expect.stringContaining('Still: y') as unknown });
    expect(rows(await redrive('--no-canary --json --number 2'))).toEqual([
      expect.objectContaining({
        planned: 1,
        failed: 1,
        failures: [{ sequenceNumber: '2', reason: 'Still: y' }],
      }),
    ]);
    expect(await redrive('', { DESK_KEY: 'wrong' })).toMatchObject({ code: 1 });
    expect(await redrive('', { DESK_SERVICE: '' })).toMatchObject({ code: 2 });
    expect((await redrive('--service http://bus.example.com')).err).toContain('a key is sent by https only');
    await receiver.close();
    await handler.close();
    server.close();
    await namespace.close();
  });
});
