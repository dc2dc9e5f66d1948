import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, it } from '@jest/globals';

import { Campaign, scale } from './campaign.js';

const MESSAGES = scale(10_000, 1_000);
const AWAY_MS = scale([5_000, 5_000, 30_000, 120_000], [5_000]);
const TIMEOUT_MS = scale(600_000, 60_000);
const BACK_WITHIN_MS = 10_000;

describe('a broker that is down for a while', () => {
  let directory: string;
  let campaign: Campaign;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'restarted-broker-'));
    campaign = await Campaign.open({ dataDirectory: directory });
  });
  afterEach(async () => {
    await campaign.close();
    await rm(directory, { recursive: true });
  });

  it(
    'is used again within ten seconds, and no message is lost or sent twice',
    async () => {
      // All messages are there before the worker starts, so that each restart hits messages in flight.
      await campaign.send(MESSAGES);
      campaign.startWorker();
      for (const [restarts, awayMs] of AWAY_MS.entries()) {
        await campaign.outputs(Math.round((MESSAGES * (restarts + 1)) / (AWAY_MS.length + 2)));
        const before = campaign.outputCount;
        await campaign.restartBroker(awayMs);
        if (before < MESSAGES) await campaign.outputs(before + 1, BACK_WITHIN_MS);
      }
      await campaign.judge(MESSAGES);
    },
    TIMEOUT_MS,
  );
});
