import { afterEach, beforeEach, describe, it } from '@jest/globals';

import { TcpProxy } from '../support/tcp-proxy.js';
import { Campaign, scale } from './campaign.js';

const MESSAGES = scale(1_000, 200);
const FAULTS = scale(10, 2);
const TIMEOUT_MS = scale(600_000, 60_000);
// The SDK gives a silent connection up when no heartbeat has come for a minute or two.
const HALF_OPEN_MS = 180_000;

describe('a worker behind a broken network', () => {
  let campaign: Campaign;
  let proxy: TcpProxy;
  beforeEach(async () => {
    campaign = await Campaign.open();
    proxy = await TcpProxy.start(campaign.emulator.port);
    await campaign.startWorker({ port: proxy.port }).receiving();
  });
  afterEach(async () => {
    await campaign.close();
    await proxy.close();
  });

  it(
    'survives resets',
    async () => {
      // Slow enough that each reset meets messages on their way.
      proxy.conditions = { latencyMs: 20 };
      await campaign.send(MESSAGES);
      for (let faults = 1; faults <= FAULTS; faults++) {
        await campaign.outputs(Math.round((MESSAGES * faults) / (FAULTS + 2)));
        proxy.reset();
      }
      await campaign.judge(MESSAGES);
    },
    TIMEOUT_MS,
  );

  it(
    'survives frames that come in slices, late',
    async () => {
      proxy.conditions = { sliceBytes: 7, latencyMs: 5 };
      await campaign.send(MESSAGES);
      await campaign.judge(MESSAGES);
    },
    TIMEOUT_MS,
  );

  it(
    'survives latency',
    async () => {
      proxy.conditions = { latencyMs: 150 };
      await campaign.send(MESSAGES);
      await campaign.judge(MESSAGES, 120_000);
    },
    TIMEOUT_MS,
  );

  it('survives half-open connections', async () => {
    proxy.conditions = { latencyMs: 20 };
    await campaign.send(MESSAGES);
    await campaign.outputs(MESSAGES / 4);
    proxy.silence();
    await campaign.judge(MESSAGES, HALF_OPEN_MS);
  }, 600_000);
});
