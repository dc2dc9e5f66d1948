import { describe, expect, it } from '@jest/globals';

import { ModelScene } from '../../../test/support/model/model-scene.js';
import { type Effect } from './effect.js';
import { type Receiver } from './receiver.js';

const sceneWith = (...ids: string[]): ModelScene => {
  const scene = new ModelScene();
  scene.queue('q');
  if (ids.length > 0) scene.send('q', ...ids);
  return scene;
};
const whoGotWhat = (effects: Effect[], receivers: Receiver[]): string[] =>
  effects.flatMap((effect) =>
    effect.type === 'deliver'
      ? [`${receivers.indexOf(effect.receiver)}:${effect.message.content.messageId}`]
      : [],
  );

describe('delivery from a queue', () => {
  it('follows sequence numbers and credit', () => {
    const scene = sceneWith('a', 'b', 'c');
    const receiver = scene.receiver('q');
    expect(scene.delivered()).toEqual([]);
    scene.flow(receiver, 2);
    expect(scene.delivered()).toEqual(['a', 'b']);
    expect(receiver.credit).toBe(0);
    scene.flow(receiver, 5);
    expect(scene.delivered()).toEqual(['c']);
    scene.send('q', 'd');
    expect(scene.delivered()).toEqual(['d']);
    expect(receiver.credit).toBe(3);
  });

  it('serves receivers with credit in turn', () => {
    const scene = sceneWith();
    const receivers = [scene.receiver('q'), scene.receiver('q'), scene.receiver('q')];
    scene.flow(receivers[0]!, 3);
    scene.flow(receivers[2]!, 2);
    scene.send('q', 'a', 'b', 'c', 'd', 'e', 'f');
    expect(whoGotWhat(scene.effects(), receivers)).toEqual(['0:a', '2:b', '0:c', '2:d', '0:e']);
    scene.flow(receivers[1]!, 1);
    expect(whoGotWhat(scene.effects(), receivers)).toEqual(['1:f']);
  });

  it('can take credit back', () => {
    const scene = sceneWith();
    const receiver = scene.receiver('q');
    scene.flow(receiver, 5);
    scene.flow(receiver, 0);
    scene.send('q', 'a');
    expect(scene.delivered()).toEqual([]);
  });

  it('removes messages at once that are received without locks', () => {
    const scene = sceneWith('a', 'b');
    const [message] = scene.take(scene.receiver('q', 'receive-and-delete'));
    expect(message).toMatchObject({ lockId: 0 });
    expect(scene.stored('q')).toEqual(['b']);
  });

  it('delivers what there is, then answers a drain and takes the rest of the credit', () => {
    const scene = sceneWith('a');
    const receiver = scene.receiver('q');
    scene.flow(receiver, 3, true);
    expect(scene.effects()).toMatchObject([{ type: 'deliver' }, { type: 'drained', unusedCredit: 2 }]);
    scene.send('q', 'b');
    expect(scene.delivered()).toEqual([]);
  });

  it('answers a drain even if no credit is left', () => {
    const scene = sceneWith('a');
    const receiver = scene.receiver('q');
    scene.flow(receiver, 1, true);
    expect(scene.effects().at(-1)).toMatchObject({ type: 'drained', unusedCredit: 0 });
  });

  it('delivers nothing to a receiver that has left, whatever it asks for', () => {
    const scene = sceneWith();
    const [gone, there] = [scene.receiver('q'), scene.receiver('q')];
    scene.flow(gone, 10);
    scene.flow(there, 10);
    scene.detach(gone);
    scene.detach(gone);
    scene.flow(gone, 10, true);
    scene.send('q', 'a', 'b');
    expect(whoGotWhat(scene.effects(), [there])).toEqual(['0:a', '0:b']);
    expect(scene.source('q').receivers.size).toBe(1);
  });

  it('forgets receivers that attached, waited and left', () => {
    const scene = sceneWith();
    for (let count = 0; count < 1_000; count += 1) {
      const receiver = scene.receiver('q');
      scene.flow(receiver, 1);
      scene.detach(receiver);
    }
    const { receivers } = scene.source('q');
    expect([receivers.size, receivers.line.size]).toEqual([0, 0]);
  });
});
