import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ConfigError } from './config-error.js';
import { readEntities, stripComments } from './read-entities.js';

describe('readEntities', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'read-entities-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function read(text: string): ReturnType<typeof readEntities> {
    const file = path.join(folder, 'Config.json');
    await writeFile(file, text);
    return readEntities(file);
  }
  const readNamespace = (namespace: object) =>
    read(JSON.stringify({ UserConfig: { Namespaces: [namespace] } }));
  async function problemsOf(reading: Promise<unknown>): Promise<readonly string[]> {
    const error = await reading.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }

  it('reads queues with all their properties', async () => {
    const Properties = {
      AutoDeleteOnIdle: 'PT10M',
      DeadLetteringOnMessageExpiration: true,
      DefaultMessageTimeToLive: 'PT1H',
      DuplicateDetectionHistoryTimeWindow: 'PT20S',
      EnablePartitioning: true,
      ForwardDeadLetteredMessagesTo: 'dead',
      ForwardTo: 'next',
      LockDuration: 'PT1M',
      MaxDeliveryCount: 3,
      MaxMessageSizeInKilobytes: 1024,
      MaxSizeInMegabytes: 2048,
      RequiresDuplicateDetection: true,
      RequiresSession: false,
      Status: 'SendDisabled',
      UserMetadata: 'note',
    };
    expect(await readNamespace({ Name: 'sbemulatorns', Queues: [{ Name: 'queue.1', Properties }] })).toEqual({
      queues: [
        {
          name: 'queue.1',
          autoDeleteOnIdleMs: 600_000,
          deadLetteringOnMessageExpiration: true,
          defaultMessageTimeToLiveMs: 3_600_000,
          duplicateDetectionHistoryTimeWindowMs: 20_000,
          enablePartitioning: true,
          forwardDeadLetteredMessagesTo: 'dead',
          forwardTo: 'next',
          lockDurationMs: 60_000,
          maxDeliveryCount: 3,
          maxMessageSizeInKilobytes: 1024,
          maxSizeInMegabytes: 2048,
          requiresDuplicateDetection: true,
          requiresSession: false,
          status: 'SendDisabled',
          userMetadata: 'note',
        },
      ],
      topics: [],
    });
  });

  it('reads topics, subscriptions and rules', async () => {
    const Rules = [
      {
        Name: 'sql',
        Properties: {
          FilterType: 'Sql',
          SqlFilter: { SqlExpression: 'a = 1' },
          Action: { SqlExpression: 'SET b = 2' },
        },
      },
      {
        Name: 'correlation',
        Properties: {
          FilterType: 'Correlation',
          CorrelationFilter: {
            ContentType: 'text/plain',
            Label: 'l',
            SessionId: 's',
            Properties: { a: 'x', n: 7, f: true },
          },
        },
      },
      { Name: 'all', Properties: {} },
      { Name: 'none', Properties: { FilterType: 'False' } },
    ];
    const { topics } = await readNamespace({
      Topics: [
        {
          Name: 'topic.1',
          Properties: { DefaultMessageTimeToLive: 'PT1H' },
          Subscriptions: [{ Name: 's.1', Properties: { MaxDeliveryCount: 5 }, Rules }, { Name: 's.2' }],
        },
      ],
    });
    expect(topics).toMatchObject([
      {
        name: 'topic.1',
        defaultMessageTimeToLiveMs: 3_600_000,
        subscriptions: [
          {
            name: 's.1',
            maxDeliveryCount: 5,
            rules: [
              {
                name: 'sql',
                filter: { kind: 'sql', expression: 'a = 1' },
                action: { kind: 'sql', expression: 'SET b = 2' },
              },
              {
                name: 'correlation',
                filter: {
                  kind: 'correlation',
                  contentType: 'text/plain',
                  label: 'l',
                  sessionId: 's',
                  properties: new Map<string, unknown>([
                    ['a', 'x'],
                    ['n', 7],
                    ['f', true],
                  ]),
                },
              },
              { name: 'all', filter: { kind: 'true' } },
              { name: 'none', filter: { kind: 'false' } },
            ],
          },
          { name: 's.2' },
        ],
      },
    ]);
    expect(topics).not.toHaveProperty('0.subscriptions.1.rules');
  });

  it('accepts comments, a byte order mark, and a file without entities', async () => {
    expect(await read('\uFEFF{ "UserConfig": { } } // nothing')).toEqual({ queues: [], topics: [] });
    expect(await read('{}')).toEqual({ queues: [], topics: [] });
  });

  it('reports every problem with its place', async () => {
    const problems = await problemsOf(
      readNamespace({
        Queues: [
          { Properties: { LockDuration: 'a minute', MaxDeliveryCount: 0, RequiresSession: 'yes' } },
          { Name: '', Properties: { Status: 'Asleep', ForwardTo: 7 } },
          'a name',
        ],
        Topics: [
          {
            Name: 't',
            Subscriptions: [
              {
                Name: 's',
                Rules: [
                  { Name: 'r1', Properties: { FilterType: 'Sql' } },
                  { Name: 'r2', Properties: { FilterType: 'Regex' } },
                  {
                    Name: 'r3',
                    Properties: {
                      FilterType: 'Correlation',
                      CorrelationFilter: { Properties: { deep: {} } },
                    },
                  },
                ],
              },
            ],
          },
        ],
      }),
    );
    const at = 'UserConfig.Namespaces[0]';
    const rule = `${at}.Topics[0].Subscriptions[0].Rules`;
    const expected = [
      `${at}.Queues[0].Name: expected a string that is not empty, found nothing`,
      `${at}.Queues[0].Properties.LockDuration: expected an ISO 8601 duration such as PT1M, found "a minute"`,
      `${at}.Queues[0].Properties.MaxDeliveryCount: expected a whole number of at least 1, found 0`,
      `${at}.Queues[0].Properties.RequiresSession: expected true or false, found "yes"`,
      `${at}.Queues[1].Name: expected a string that is not empty, found ""`,
      `${at}.Queues[1].Properties.Status: expected one of Active, Disabled, SendDisabled, ReceiveDisabled, found "Asleep"`,
      `${at}.Queues[1].Properties.ForwardTo: expected a string, found 7`,
      `${at}.Queues[2]: expected an object, found "a name"`,
      `${rule}[0].Properties.SqlFilter.SqlExpression: expected a string that is not empty, found nothing`,
      `${rule}[1].Properties.FilterType: expected one of Sql, Correlation, True, False, found "Regex"`,
      `${rule}[2].Properties.CorrelationFilter.Properties.deep: expected a string, a number, true or false, found {}`,
    ];
    expect(problems).toEqual(expect.arrayContaining(expected));
    expect(new Set(problems).size).toBe(problems.length);
  });

  it('names the file and what in it is not JSON', async () => {
    await expect(read('{ "UserConfig": ')).rejects.toThrow(/Config\.json: not JSON: /);
    await expect(read('[]')).rejects.toThrow(/Config\.json: the file: expected an object, found \[\]/);
    await expect(readEntities(path.join(folder, 'missing.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('stripComments', () => {
  it('blanks out comments to the end of a line and between marks', () => {
    expect(stripComments('{ // one\n  "a": 1 /* two */, "b": 2 }')).toBe(
      '{       \n  "a": 1          , "b": 2 }',
    );
  });

  it('keeps every position, over several lines too', () => {
    const text = '{ /* a\n b */ "x": oops }';
    const stripped = stripComments(text);
    expect(stripped.indexOf('oops')).toBe(text.indexOf('oops'));
    expect(stripped.split('\n')).toHaveLength(2);
  });

  it('leaves strings unchanged, whatever they contain', () => {
    const text = String.raw`{ "url": "sb://host/x", "quote": "\"// no comment", "path": "a/*b*/c", "end": "\\" }`;
    expect(stripComments(text)).toBe(text);
  });
});
