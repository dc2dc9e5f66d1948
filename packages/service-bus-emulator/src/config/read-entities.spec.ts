import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ConfigError } from './config-error.js';
import { readEntities } from './read-entities.js';

describe('readEntities', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'read-entities-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  let warnings: string[];
  async function read(text: string): ReturnType<typeof readEntities> {
    const file = path.join(folder, 'Config.json');
    await writeFile(file, text);
    warnings = [];
    return readEntities(file, (warning) => warnings.push(warning.replace(file, 'Config.json')));
  }
  const readNamespace = (namespace: object) =>
    read(JSON.stringify({ UserConfig: { Namespaces: [namespace] } }));
  async function problemsOf(reading: Promise<unknown>): Promise<readonly string[]> {
    const error = await reading.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems.map(({ place, text }) => `${place}: ${text}`);
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
    const Queues = [{ Name: 'queue.1', Properties }, { Name: 'dead' }, { Name: 'next' }];
    expect(await readNamespace({ Name: 'sbemulatorns', Queues })).toEqual({
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
        { name: 'dead' },
        { name: 'next' },
      ],
      topics: [],
    });
    expect(warnings).toEqual([]);
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

  it("reads what Microsoft's emulator reads: comments, trailing commas, any case, values as strings", async () => {
    const text = `\uFEFF// a comment
      { "userconfig": { "NAMESPACES": [ { "name": "sbemulatorns", /* another */ "queues": [
        { "name": "queue.1", "properties": {
          "maxDeliveryCount": "3", "requiresSession": "True", "lockDuration": "PT1M", "forwardTo": "", "status": null,
        }, },
      ], } ], "logging": { "type": "Console" } } }`;
    expect(await read(text)).toEqual({
      queues: [{ name: 'queue.1', maxDeliveryCount: 3, requiresSession: true, lockDurationMs: 60_000 }],
      topics: [],
    });
    expect(warnings).toEqual([]);
  });

  it('warns of a file that declares nothing', async () => {
    for (const text of ['{ "UserConfig": { } } // nothing', '{}']) {
      expect(await read(text)).toEqual({ queues: [], topics: [] });
      expect(warnings).toEqual(['Config.json:1:1: the file: it declares no queue and no topic']);
    }
  });

  it('warns of every key that has no effect, and says where it stands and what is known there', async () => {
    await read(`{ "UserConfig": { "Namespaces": [ {
      "Queues": [ { "Name": "queue.1", "Propertys": { "LockDuration": "PT1M" } } ],
      "Topics": [ { "Name": "topic.1", "Subscriptions": [ { "Name": "one", "Rules": [
        { "Name": "sql", "Properties": { "FilterType": "Sql", "SqlFilter": { "SqlExpression": "a = 1" },
          "CorrelationFilter": { "Label": "b" } } } ] } ] } ] } ] } }`);
    const at = 'UserConfig.Namespaces[0]';
    expect(warnings).toEqual([
      `Config.json:2:40: ${at}.Queues[0].Propertys: has no effect; known here: Properties, Name`,
      `Config.json:5:11: ${at}.Topics[0].Subscriptions[0].Rules[0].Properties.CorrelationFilter: ` +
        'has no effect; known here: FilterType, SqlFilter, Action',
    ]);
  });

  it('refuses entities that could not be created, each at its place', async () => {
    const rule = (name: string, Properties: object) => ({ Name: name, Properties });
    const problems = await problemsOf(
      readNamespace({
        Queues: [
          { Name: 'orders', Properties: { ForwardTo: 'nowhere' } },
          { Name: 'Orders' },
          { Name: 'loop', Properties: { ForwardTo: 'LOOP' } },
          { Name: 'a b' },
        ],
        Topics: [
          {
            Name: 'events',
            Subscriptions: [
              {
                Name: 's',
                Properties: { ForwardDeadLetteredMessagesTo: 'lost' },
                Rules: [
                  rule('r1', { FilterType: 'Sql', SqlFilter: { SqlExpression: 'color = = 1' } }),
                  rule('r2', { FilterType: 'True', Action: { SqlExpression: 'SET' } }),
                  rule('R2', { SqlFilter: { SqlExpression: 'a = 1' } }),
                ],
              },
            ],
          },
        ],
      }),
    );
    const at = 'UserConfig.Namespaces[0]';
    const rules = `${at}.Topics[0].Subscriptions[0].Rules`;
    expect(problems).toEqual([
      `${at}.Queues[0].Properties.ForwardTo: no queue or topic is called 'nowhere'`,
      `${at}.Queues[1].Name: the name 'Orders' is taken, case aside`,
      `${at}.Queues[2]: 'loop' cannot forward its messages to itself.`,
      expect.stringContaining(`${at}.Queues[3]: The name 'a b' cannot be used`),
      `${at}.Topics[0].Subscriptions[0].Properties.ForwardDeadLetteredMessagesTo: no queue or topic is called 'lost'`,
      expect.stringContaining(`${rules}[0].Properties.SqlFilter.SqlExpression: SQL filter, column 9: `),
      expect.stringContaining(`${rules}[1].Properties.Action.SqlExpression: SQL action, column `),
      `${rules}[2].Name: the name 'R2' is taken, case aside`,
      `${rules}[2].Properties.FilterType: without it the rule would match every message`,
    ]);
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

  it('names the file, the line and the column of what is not JSON', async () => {
    await expect(read('{\n  "UserConfig": ')).rejects.toThrow(
      /Config\.json:2:17: the file: not JSON: value expected$/,
    );
    await expect(read('')).rejects.toThrow(/Config\.json:1:1: the file: not JSON: value expected$/);
    await expect(read('[]')).rejects.toThrow(/Config\.json:1:1: the file: expected an object, found \[\]$/);
    await expect(read('{ "UserConfig": {},\n  "userconfig": {} }')).rejects.toThrow(
      /Config\.json:2:3: userconfig: is given twice, case aside$/,
    );
    await expect(readEntities(path.join(folder, 'missing.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
