import { describe, expect, it } from '@jest/globals';

import { administrationScene } from '../support/administration-scene.js';
import { sasToken } from '../support/sas-token.js';

describe('the namespace', () => {
  const scene = administrationScene();

  it('tells its name, tier and age', async () => {
    const createdAt = new Date(scene.clock.now());
    scene.clock.advance(60_000);
    const { administration } = scene;
    expect(await administration.getNamespaceProperties()).toEqual({
      name: 'sbemulatorns',
      messagingSku: 'Standard',
      messagingUnits: undefined,
      createdAt,
      modifiedAt: createdAt,
    });
  });

  it('answers at its root with an empty list', async () => {
    const authorization = sasToken(`http://${scene.host}/`);
    const response = await fetch(`http://${scene.host}/`, { headers: { authorization } });
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/<feed .*Publicly Listed Services/);
  });

  it('can be administered after a reset', async () => {
    await scene.administration.createQueue('made');
    scene.emulator.reset();
    expect(await scene.administration.queueExists('made')).toBe(false);
    await scene.administration.createQueue('made');
    expect(await scene.administration.queueExists('made')).toBe(true);
  });
});
