import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Campaign, scale } from './campaign.js';
import { type Step } from './kill-at-step.js';

const MESSAGES = scale(10_000, 600);
const KILLS = scale(50, 2);
const KILLS_AT_STEP = scale(100, 1);
const STEPS: readonly Step[] = ['before-send', 'after-send', 'before-complete'];
const MAX_MESSAGES_PER_LIFE = 20;
const TIMEOUT_MS = scale(1_800_000, 60_000);

describe('a killed worker', () => {
  let campaign: Campaign;
  beforeEach(async () => {
    campaign = await Campaign.open();
  });
  afterEach(() => campaign.close());

  it(
    'is replaced without losing a message or sending one twice',
    async () => {
      await campaign.send(MESSAGES);
      for (let kills = 0; kills < KILLS; kills++) {
        const worker = campaign.startWorker();
        await campaign.outputs(Math.round((MESSAGES * (kills + 1)) / (KILLS + 2)));
        await worker.kill();
      }
      campaign.startWorker();
      await campaign.judge(MESSAGES);
    },
    TIMEOUT_MS,
  );

  it(
    'loses and duplicates nothing, whatever step it was at',
    async () => {
      const count = (KILLS_AT_STEP * STEPS.length + 4) * MAX_MESSAGES_PER_LIFE;
      await campaign.send(count);
      for (let kills = 0; kills < KILLS_AT_STEP; kills++) {
        const after = 1 + ((kills * 7) % MAX_MESSAGES_PER_LIFE);
        const workers = STEPS.map((step) => campaign.startWorker({ death: { step, after } }));
        const ends = await Promise.all(workers.map((worker) => worker.end()));
        expect(ends).toEqual(STEPS.map(() => 'SIGKILL'));
      }
      campaign.startWorker();
      await campaign.judge(count);
    },
    TIMEOUT_MS,
  );
});
