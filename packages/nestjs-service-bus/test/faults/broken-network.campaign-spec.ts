import { afterEach, beforeEach, describe, it } from '@jest/globals';

import { TcpProxy } from '../../../../test/support/tcp-proxy.js';
import { Campaign, scale } from './campaign.js';

const MESSAGES = scale(1_000, 200);
const FAULTS = scale(10, 2);
const TIMEOUT_MS = scale(600_000, 60_000);
const BACK_WITHIN_MS = 10_000;
const OUTAGE_MS = scale(60_000, 15_000);

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
      // Slow enough that each reset hits messages in flight.
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
    'survives frames that arrive late and in slices',
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

  it(
    'survives half-open connections, and works again within ten seconds',
    async () => {
      proxy.conditions = { latencyMs: 20 };
      await campaign.send(MESSAGES);
      await campaign.outputs(MESSAGES / 4);
      proxy.silence();
      await campaign.outputs(campaign.outputCount + 1, BACK_WITHIN_MS);
      await campaign.judge(MESSAGES);
    },
    TIMEOUT_MS,
  );

  it(
    'survives a network outage, and works again within ten seconds after its end',
    async () => {
      proxy.conditions = { latencyMs: 20 };
      await campaign.send(MESSAGES);
      await campaign.outputs(MESSAGES / 4);
      proxy.isOut = true;
      proxy.silence();
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
      proxy.isOut = false;
      await campaign.outputs(campaign.outputCount + 1, BACK_WITHIN_MS);
      await campaign.judge(MESSAGES);
    },
    TIMEOUT_MS,
  );
});
