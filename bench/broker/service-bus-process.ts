import { type Emulator, type Entities, startEmulator } from 'service-bus-emulator';
import { answer } from '../process/answer.js';
import { OUTPUT_QUEUE } from './broker.js';
import { whenCounted } from './standstill.js';

const POLL_EVERY_MS = 2;

let emulator: Emulator;
let inputQueues: string[] = [];

const active = (queue: string): number => emulator.entity(queue).counts.active;

answer({
  start: async (question) => {
    const entities = question as Entities;
    inputQueues = (entities.queues ?? [])
      .map((queue) => (typeof queue === 'string' ? queue : queue.name))
      .filter((name) => name !== OUTPUT_QUEUE);
    emulator = await startEmulator({
      port: 0,
      administrationPort: false,
      entities,
      maxStoredBytes: 16 * 1024 ** 3,
      // Each held session needs its own link.
      maxLinks: 50_000,
    });
    return emulator.connectionString;
  },
  reset: () => emulator.reset(),
  inputLeft: () => inputQueues.reduce((sum, queue) => sum + active(queue), 0),
  whenOutputs: (count) => whenCounted(count as number, POLL_EVERY_MS, () => active(OUTPUT_QUEUE)),
  close: () => emulator.close(),
});
