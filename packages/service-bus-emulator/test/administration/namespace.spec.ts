import { get } from 'node:http';
import { text } from 'node:stream/consumers';

import { describe, expect, it } from '@jest/globals';

import { administrationScene } from '../support/administration-scene.js';
import { sasToken } from '../support/sas-token.js';

describe('the namespace', () => {
  const scene = administrationScene({}, { allowedHosts: ['mine.servicebus.windows.net'] });

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

  it('is called as its client calls it, where that is a name of the cloud', async () => {
    const { port } = scene.emulator;
    const headers = {
      host: 'mine.servicebus.windows.net',
      authorization: sasToken('http://mine.servicebus.windows.net/'),
    };
    // The host of a request cannot be chosen with fetch.
    const document = await new Promise<string>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/$namespaceinfo', headers }, (answer) => {
        text(answer).then(resolve, reject);
      }).on('error', reject);
    });
    expect(document).toContain('<Name>mine</Name>');
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
