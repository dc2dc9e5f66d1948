import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { type Scene, serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusApp } from './support/start-service-bus-app.js';

const WITHIN_MS = 10_000;

/** How an entity becomes unavailable, and available again. */
interface Refusal {
  readonly code: string;
  begin(scene: Scene, administration: ServiceBusAdministrationClient): Promise<unknown>;
  end(scene: Scene, administration: ServiceBusAdministrationClient): Promise<unknown>;
}

const setStatus =
  (status: 'Disabled' | 'Active') =>
  async (_scene: Scene, administration: ServiceBusAdministrationClient): Promise<unknown> =>
    administration.updateQueue({ ...(await administration.getQueue('work')), status });

describe.each([
  ['without sessions', false],
  ['with sessions', true],
])('a queue %s', (_kind, requiresSession) => {
  const work = { name: 'work', requiresSession };
  const scene = serviceBusScene({ entities: { queues: [work, 'out'] } });

  const refusals: [string, Refusal][] = [
    [
      'deleted',
      {
        code: 'MessagingEntityNotFound',
        begin: (_scene, administration) => administration.deleteQueue('work'),
        end: (_scene, administration) => administration.createQueue('work', { requiresSession }),
      },
    ],
    ['disabled', { code: 'MessagingEntityDisabled', begin: setStatus('Disabled'), end: setStatus('Active') }],
    [
      'not allowed any more',
      {
        code: 'UnauthorizedAccess',
        begin: ({ emulator }) => {
          emulator.faults.refuseTokens(1_000, 'work');
          emulator.expireTokens();
          return Promise.resolve();
        },
        end: ({ emulator }) => Promise.resolve(emulator.faults.clear()),
      },
    ],
  ];

  async function workHealth(app: ServiceBusApp): Promise<object | undefined> {
    return (await app.health.isHealthy())['service-bus:work'];
  }

  it('that is too busy for another link is left in peace for two seconds', async () => {
    const sessionId = requiresSession ? 's' : undefined;
    await scene.send('work', { body: 1, sessionId });
    // Why a session is refused, the SDK tells only whoever asks for any.
    scene.emulator.faults.refuseLinks(requiresSession ? 2 : 1, 'com.microsoft:server-busy', 'work');
    const startedAtMs = performance.now();
    await scene.startWork((payload) => payload, { ...(requiresSession && { sessions: {} }) });
    await until(() => scene.left('work') === 0);
    expect(performance.now() - startedAtMs).toBeGreaterThan(2_000);
  });

  it.each(refusals)('that is %s makes the application not ready, with the cause', async (_how, refusal) => {
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => void seen.push(payload), {
      ...(requiresSession && { sessions: {} }),
    });
    const administration = app.app.get(ServiceBusAdministrationClient);
    await refusal.begin(scene, administration);
    await until(() => app.server.health()[0]?.error?.code === refusal.code, WITHIN_MS);
    expect(await workHealth(app)).toMatchObject({ status: 'down', state: 'failing' });

    await refusal.end(scene, administration);
    await until(() => app.server.health()[0]?.state === 'receiving', WITHIN_MS);
    expect(await workHealth(app)).toMatchObject({ status: 'up' });
    await scene.send('work', { body: 'after', ...(requiresSession && { sessionId: 's' }) });
    await until(() => seen.length === 1, WITHIN_MS);
  });
});
