import { describe, expect, it } from '@jest/globals';

import { type EntityOptions } from '../../binding/entity-options.js';
import { resolveBinding } from '../../binding/resolve-binding.js';
import { desiredTopology } from '../model/desired-topology.js';
import { type Topology } from '../model/topology.js';
import { toAzCommands } from './az-commands.js';
import { escape, toBicep } from './bicep.js';
import { toTerraform } from './terraform.js';

const QUEUE = {
  lockDuration: 'PT2M',
  maxDeliveryCount: 60,
  defaultMessageTimeToLive: 'P7D',
  deadLetteringOnMessageExpiration: true,
  duplicateDetection: 'PT10M',
  maxSizeInMegabytes: 2048,
  enablePartitioning: true,
  forwardTo: 'next',
  forwardDeadLettersTo: 'dead',
} as const satisfies EntityOptions;

/** Everything that can be said of entities. */
function everything(
  properties: Readonly<Record<string, string | number>> = { shop: "Ada's ${shop}" },
): Topology {
  const correlation = {
    subject: 'created',
    correlationId: 'c',
    messageId: 'm',
    to: 't',
    replyTo: 'r',
    sessionId: 's',
    replyToSessionId: 'rs',
    contentType: 'application/json',
    properties,
    action: "SET size = 'big'",
  };
  const rules = {
    created: correlation,
    big: { sql: "amount > 1\nAND name LIKE '%{x}'", action: 'SET a = 1' },
  };
  const { duplicateDetection: _, maxSizeInMegabytes: __, enablePartitioning: ___, ...subscription } = QUEUE;
  return desiredTopology({
    bindings: [
      resolveBinding('orders', { sessions: {}, entity: QUEUE }),
      resolveBinding('users', {
        topic: 'events',
        subscription: 'shop',
        entity: {
          ...subscription,
          rules,
          topic: {
            defaultMessageTimeToLive: 'P7D',
            duplicateDetection: 'PT10M',
            maxSizeInMegabytes: 1024,
            enablePartitioning: true,
          },
        },
      }),
    ],
    declared: [],
    used: [],
  });
}

// What the tools know: Azure Resource Manager's schema 2024-01-01 of Microsoft.ServiceBus, the provider azurerm 4.55, and
// the parser of az 2.45.
const QUEUE_PROPERTIES = [
  'lockDuration',
  'maxDeliveryCount',
  'requiresSession',
  'defaultMessageTimeToLive',
  'deadLetteringOnMessageExpiration',
  'requiresDuplicateDetection',
  'duplicateDetectionHistoryTimeWindow',
  'forwardTo',
  'forwardDeadLetteredMessagesTo',
  'maxSizeInMegabytes',
  'enablePartitioning',
];
const RULE_PROPERTIES = [
  'filterType',
  'sqlFilter',
  'correlationFilter',
  'action',
  'sqlExpression',
  'properties',
];
const CONDITIONS = [
  'label',
  'correlationId',
  'messageId',
  'to',
  'replyTo',
  'sessionId',
  'replyToSessionId',
  'contentType',
];
const QUEUE_ARGUMENTS = [
  'name',
  'namespace_id',
  'topic_id',
  'lock_duration',
  'max_delivery_count',
  'requires_session',
  'default_message_ttl',
  'dead_lettering_on_message_expiration',
  'requires_duplicate_detection',
  'duplicate_detection_history_time_window',
  'forward_to',
  'forward_dead_lettered_messages_to',
  'max_size_in_megabytes',
  'partitioning_enabled',
];
const RULE_ARGUMENTS = [
  'subscription_id',
  'filter_type',
  'sql_filter',
  'action',
  'properties',
  'label',
  'correlation_id',
  'message_id',
  'to',
  'reply_to',
  'session_id',
  'reply_to_session_id',
  'content_type',
];
const OPTIONS = [
  'resource-group',
  'namespace-name',
  'name',
  'topic-name',
  'subscription-name',
  'lock-duration',
  'max-delivery-count',
  'enable-session',
  'default-message-time-to-live',
  'enable-dead-lettering-on-message-expiration',
  'enable-duplicate-detection',
  'duplicate-detection-history-time-window',
  'forward-to',
  'forward-dead-lettered-messages-to',
  'max-size',
  'enable-partitioning',
  'filter-type',
  'filter-sql-expression',
  'action-sql-expression',
  'correlation-filter-property',
  'label',
  'correlation-id',
  'message-id',
  'to',
  'reply-to',
  'session-id',
  'reply-to-session-id',
  'content-type',
];

/** What a pattern's first group finds, each once. */
function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].sort();
}

describe('what is exported', () => {
  it('has the names that Azure Resource Manager knows, and texts as Bicep writes them', () => {
    const bicep = toBicep(everything());
    const own = ['name', 'parent', 'dependsOn', 'shop'];
    expect(found(bicep, /^ +(\w+): /gm)).toEqual(
      [...new Set([...QUEUE_PROPERTIES, ...RULE_PROPERTIES, ...CONDITIONS, ...own])].sort(),
    );
    expect(bicep).toContain(`      properties: {\n        shop: 'Ada\\'s \\\${shop}'\n`);
    expect(bicep).toContain(`      sqlExpression: 'amount > 1\\nAND name LIKE \\'%{x}\\''\n`);
    expect(escape('a\\b')).toBe('a\\\\b');
  });

  it('has the names that azurerm knows, as terraform fmt writes them, and addresses for what is made before', () => {
    const terraform = toTerraform(everything());
    expect(found(terraform, /^ +(\w+) +=/gm)).toEqual(
      [...new Set([...QUEUE_ARGUMENTS, ...RULE_ARGUMENTS, 'type'])].sort(),
    );
    expect(found(terraform, /^resource "(\w+)"/gm)).toEqual([
      'azurerm_servicebus_queue',
      'azurerm_servicebus_subscription',
      'azurerm_servicebus_subscription_rule',
      'azurerm_servicebus_topic',
    ]);
    expect(terraform).toContain('      "shop" = "Ada\'s $${shop}"\n');
    expect(terraform).toContain(
      '  filter_type     = "SqlFilter"\n  sql_filter      = "amount > 1\\nAND name LIKE \'%%{x}\'"\n',
    );
    expect(terraform).toMatch(/forward_to += azurerm_servicebus_queue\.queue_\d\.name\n/);
  });

  it('has the options that az knows, and makes what is forwarded to first', () => {
    const [, ...commands] = toAzCommands(everything())
      .trimEnd()
      .split(/\n(?=az )/);
    expect(found(commands.join('\n'), /--([a-z][a-z-]+)/g)).toEqual([...OPTIONS].sort());
    const named = commands.map((command) => /--name (\S+)/.exec(command)?.[1]);
    expect(named.indexOf('next')).toBeLessThan(named.indexOf('orders'));
    expect(named.indexOf('dead')).toBeLessThan(named.indexOf('orders'));
    expect(commands.find((command) => command.includes('--name big'))).toContain('--filter-type SqlFilter');
  });

  it('is refused where a correlation filter would match nothing', () => {
    const line =
      'rule events/shop/created: "rank" is the number 3, and Azure Resource Manager takes text alone in a ' +
      'correlation filter: write the rule as sql, or make it with "topology apply"';
    for (const write of [toBicep, toTerraform, toAzCommands]) {
      expect(() => write(everything({ rank: 3 }))).toThrow(line);
    }
  });
});
