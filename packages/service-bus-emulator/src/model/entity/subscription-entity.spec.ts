import { describe, expect, it } from '@jest/globals';

import { ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { BrokenContent, TestContent } from '../../../test/support/model/test-content.js';
import { type RuleOptions, type SubscriptionOptions } from './entity-description.js';

interface Wanted extends Partial<SubscriptionOptions> {
  name: string;
  rules?: RuleOptions[];
}

const sceneWith = (...subscriptions: Wanted[]): ModelScene => {
  const scene = new ModelScene();
  scene.namespace.createTopic(0, { name: 'Events' });
  for (const { rules, ...options } of subscriptions) {
    const subscription = scene.namespace.createSubscription(0, { topicName: 'events', ...options });
    if (!rules) continue;
    subscription.removeRule('$default');
    for (const rule of rules) subscription.addRule(0, rule);
  }
  return scene;
};
const sql = (name: string, expression: string, action?: string): RuleOptions => ({
  name,
  filter: { kind: 'sql', expression },
  ...(action !== undefined && { action: { kind: 'sql', expression: action } }),
});
const coloured = (messageId: string, colour: string): TestContent =>
  new TestContent({ messageId, application: { colour } });

describe('a subscription', () => {
  it('takes a message once that any of its rules matches', () => {
    const rules = [sql('one', "colour = 'red'"), sql('two', 'colour IS NOT NULL')];
    const scene = sceneWith({ name: 'a', rules });
    scene.send('events', coloured('m1', 'red'), coloured('m2', 'blue'), 'm3');
    expect(scene.stored('events/Subscriptions/a')).toEqual(['m1', 'm2']);
  });

  it('takes a changed copy for each matching rule with an action', () => {
    const rules = [
      sql('plain', '1 = 1'),
      sql('first', '1 = 1', "SET colour = 'green'"),
      sql('second', "colour = 'red'", "SET colour = 'black'"),
    ];
    const scene = sceneWith({ name: 'a', rules }, { name: 'b' });
    scene.send('events', coloured('m1', 'red'));
    const colours = (name: string): unknown[] =>
      scene
        .messages(`events/Subscriptions/${name}`)
        .map(({ content }) => content.applicationProperty('colour'));
    expect(colours('a').sort()).toEqual(['black', 'green', 'red']);
    expect(colours('b')).toEqual(['red']);
  });

  it('has rules that can be added, replaced and removed, by names in any case', () => {
    const scene = sceneWith({ name: 'a' });
    const subscription = scene.namespace.subscription('events', 'a');
    expect([...subscription.rules.values()].map(({ description }) => description)).toMatchObject([
      { name: '$Default', filter: { kind: 'true' }, createdAtMs: 0 },
    ]);
    subscription.addRule(5, sql('Red', "colour = 'red'"));
    expect(() => subscription.addRule(6, sql('RED', '1 = 1'))).toThrow(
      refusedWith('com.microsoft:entity-already-exists'),
    );
    subscription.replaceRule(7, sql('RED', "colour = 'blue'"));
    expect([...subscription.rules.values()][1]?.description).toMatchObject({ name: 'Red', createdAtMs: 5 });
    subscription.removeRule('$DEFAULT');
    scene.send('events', coloured('m1', 'red'), coloured('m2', 'blue'));
    expect(scene.stored('events/Subscriptions/a')).toEqual(['m2']);
    for (const change of [
      () => subscription.removeRule('gone'),
      () => subscription.replaceRule(0, sql('gone', '1 = 1')),
    ]) {
      expect(change).toThrow(refusedWith('com.microsoft:entity-not-found'));
    }
  });

  it('refuses an invalid rule and says where the error is', () => {
    const subscription = sceneWith({ name: 'a' }).namespace.subscription('events', 'a');
    expect(() => subscription.addRule(0, sql('wrong', 'colour = = 1'))).toThrow(
      refusedWith('com.microsoft:argument-error'),
    );
    expect(() => subscription.addRule(0, sql('wrong', '1 = 1', 'SETT'))).toThrow(
      refusedWith('com.microsoft:argument-error'),
    );
    expect(() => subscription.addRule(0, sql('', '1 = 1'))).toThrow(
      refusedWith('com.microsoft:argument-error'),
    );
    expect(subscription.rules.size).toBe(1);
  });

  it('dead-letters messages without a session id, if it requires one', () => {
    const scene = sceneWith({ name: 'a', requiresSession: true });
    scene.send('events', 'm1', new TestContent({ messageId: 'm2', sessionId: 's' }));
    expect(scene.stored('events/Subscriptions/a')).toEqual(['m2']);
    const [message] = scene.messages('events/Subscriptions/a/$DeadLetterQueue');
    expect(message).toMatchObject({ sequenceNumber: 1, content: { messageId: 'm1' } });
    expect(message?.content.applicationProperty('DeadLetterReason')).toBe('Session ID is null.');
  });

  it('takes copies while it is disabled', () => {
    const scene = sceneWith({ name: 'a', status: 'Disabled' });
    scene.send('events', 'm1');
    expect(scene.stored('events/Subscriptions/a')).toEqual(['m1']);
  });

  it.each([true, false])('whose rule fails on a message disturbs no other (dead-lettering %s)', (wanted) => {
    const scene = sceneWith(
      {
        name: 'a',
        rules: [sql('fails', "colour = 'red'")],
        deadLetteringOnFilterEvaluationExceptions: wanted,
      },
      { name: 'b' },
    );
    scene.send('events', new BrokenContent({ messageId: 'broken' }), 'm2');
    expect(scene.stored('events/Subscriptions/b')).toEqual(['broken', 'm2']);
    expect(scene.stored('events/Subscriptions/a')).toEqual([]);
    expect(scene.stored('events/Subscriptions/a/$DeadLetterQueue')).toEqual(wanted ? ['broken'] : []);
  });

  it('forwards its copies', () => {
    const scene = sceneWith({ name: 'a', forwardTo: 'q' });
    scene.queue('q');
    scene.send('events', 'm1');
    expect(scene.stored('q')).toEqual(['m1']);
  });
});
