import { describe, expect, it } from '@jest/globals';

import { ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';

const deadLetters = (name: string): string => `${name}/$DeadLetterQueue`;

/** Each forwards to the next; the last keeps what comes. */
const chainOf = (...names: string[]): ModelScene => {
  const scene = new ModelScene();
  names.forEach((name, index) => scene.queue(name, { forwardTo: names[index + 1] }));
  return scene;
};

describe('the status of an entity', () => {
  const statusOf = (scene: ModelScene, status: 'Active' | 'Disabled' | 'ReceiveDisabled'): void => {
    const entity = scene.namespace.target('q');
    if (entity.kind === 'queue') entity.update(scene.nowMs, { ...entity.description, status });
  };
  const disabled = refusedWith('com.microsoft:entity-disabled');

  it.each(['Disabled', 'ReceiveDisabled'] as const)('%s dismisses receivers and lets nobody in', (status) => {
    const scene = chainOf('q');
    scene.send('q', 'a', 'b');
    const receivers = [scene.receiver('q'), scene.receiver(deadLetters('q'))];
    const [message] = scene.take(receivers[0]!);
    scene.effects();
    statusOf(scene, status);
    expect(scene.effects()).toMatchObject(receivers.map((receiver) => ({ type: 'detach', receiver })));
    for (const address of ['q', deadLetters('q')]) expect(() => scene.receiver(address)).toThrow(disabled);
    const queue = scene.source('q');
    expect(() => queue.settle(scene.nowMs, message!.lockId, { type: 'complete' })).toThrow(disabled);
    expect(() => queue.renewLock(scene.nowMs, message!.lockId)).toThrow(disabled);
    statusOf(scene, 'Active');
    queue.settle(scene.nowMs, message!.lockId, { type: 'complete' });
    expect(scene.stored('q')).toEqual(['b']);
  });

  it('frees sessions and grants none to waiting receivers', () => {
    const scene = new ModelScene();
    scene.queue('q', { requiresSession: true });
    scene.send('q', new TestContent({ sessionId: 's' }));
    const [holder, waiting] = [scene.session('q', 's'), scene.session('q', undefined)];
    scene.effects();
    statusOf(scene, 'Disabled');
    expect(scene.effects()).toMatchObject([
      { type: 'detach', receiver: holder },
      { type: 'detach', receiver: waiting },
    ]);
    expect([holder.session, waiting.session]).toEqual([undefined, undefined]);
    statusOf(scene, 'Active');
    expect(scene.session('q', undefined).session?.id).toBe('s');
  });

  it('does not stop time', () => {
    const scene = chainOf('q');
    scene.send('q', new TestContent({ timeToLiveMs: 10 }));
    statusOf(scene, 'Disabled');
    scene.advance(10);
    expect(scene.stored('q')).toEqual([]);
  });
});
