import { matchesRule, type MatchedMessage } from '../operate/match-rule.js';
import { type SubscriptionRule } from '../operate/rules.js';
import { type DeskMessage } from '../message/desk-message.js';
import { describeError } from '../describe-error.js';
import { type DeskApi } from './desk-api.js';
import { answer, type Exchange, readObject, RequestProblem } from './exchange.js';
import { findMessage, required } from './looking.js';
import { type RuleAnswer } from './page-api.js';
import { isSimple, optionalFields, optionalText, properties, text } from './read-fields.js';

export async function rules({ desk }: DeskApi, { response, query }: Exchange): Promise<void> {
  const all = await desk.rules(required(query, 'entity'));
  answer(response, 200, { rules: all.map(ruleAnswer) });
}

/** Says of each rule whether it would take a message: one that is there, or one that is described. */
export async function matchRules(api: DeskApi, { request, response, signal }: Exchange): Promise<void> {
  const fields = await readObject(request);
  const entity = text(fields, 'entity');
  const path = optionalText(fields, 'path');
  const message =
    path === undefined
      ? describedMessage(fields)
      : messageThatIsThere(await findMessage(api, path, fields['number'], signal));
  const all = await api.desk.rules(entity);
  const answers = all.map((rule): RuleAnswer => {
    try {
      return { ...ruleAnswer(rule), matches: matchesRule(rule, message) };
    } catch (error) {
      return { ...ruleAnswer(rule), problem: describeError(error) };
    }
  });
  answer(response, 200, { rules: answers });
}

function ruleAnswer({ name, filter, action }: SubscriptionRule): RuleAnswer {
  return {
    name,
    kind: kindOf(filter),
    filter: filter.kind === 'sql' ? sqlText(filter) : equalText(filter),
    ...(action !== undefined && { action }),
  };
}

function kindOf(filter: SubscriptionRule['filter']): RuleAnswer['kind'] {
  if (filter.kind === 'correlation') return 'correlation';
  // [Service Bus] A true filter is the condition 1=1.
  const bare = filter.expression.replaceAll(/\s/g, '');
  if (bare === '1=1') return 'true';
  return bare === '1=0' || bare === '1<>1' ? 'false' : 'sql';
}

function sqlText({ expression, parameters = {} }: SubscriptionRule['filter'] & { kind: 'sql' }): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [expression, ...given].join('\n');
}

function equalText({
  fields,
  properties: own,
}: SubscriptionRule['filter'] & { kind: 'correlation' }): string {
  const system = Object.entries(fields).map(([name, value]) => `sys.${name} = ${JSON.stringify(value)}`);
  const further = Object.entries(own).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [...system, ...further].join('\n');
}

function describedMessage(fields: Readonly<Record<string, unknown>>): MatchedMessage {
  const given = optionalFields(fields, 'message');
  if (!given) throw new RequestProblem(400, 'which message? One that is there, or one that is described');
  return {
    fields: {
      Label: optionalText(given, 'subject'),
      MessageId: optionalText(given, 'messageId'),
      CorrelationId: optionalText(given, 'correlationId'),
      ContentType: optionalText(given, 'contentType'),
      SessionId: optionalText(given, 'sessionId'),
      To: optionalText(given, 'to'),
      ReplyTo: optionalText(given, 'replyTo'),
    },
    properties: Object.entries(properties(given, 'properties', isSimple) ?? {}),
  };
}

function messageThatIsThere(message: DeskMessage): MatchedMessage {
  const { subject, messageId, correlationId, contentType, sessionId, to, replyTo } = message;
  return {
    fields: {
      Label: subject,
      MessageId: messageId,
      CorrelationId: correlationId,
      ContentType: contentType,
      SessionId: sessionId,
      To: to,
      ReplyTo: replyTo,
      ReplyToSessionId: message.replyToSessionId,
      SequenceNumber: message.sequenceNumber,
      DeliveryCount: message.deliveryCount,
    },
    properties: message.applicationProperties.flatMap(({ name, value }) =>
      Array.isArray(value) || value instanceof Map ? [] : [[name, value] as const],
    ),
  };
}
