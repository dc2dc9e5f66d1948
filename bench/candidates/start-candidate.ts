import { fileURLToPath } from 'node:url';

import { type Broker, INPUT_QUEUE, OUTPUT_QUEUE } from '../broker/broker.js';
import { Child } from '../process/child.js';
import { type Candidate } from './candidate.js';
import { type Assignment } from './running.js';

const PROGRAM = fileURLToPath(new URL('./candidate-process.js', import.meta.url));

/** Forks a candidate's process; asking it to `start` with an assignment starts its work. */
export function openCandidate({ module }: Pick<Candidate, 'module'>): Child {
  return new Child(PROGRAM, [new URL(module, import.meta.url).href]);
}

export function assignmentOn(broker: Broker, concurrency: number): Assignment {
  return { address: broker.address, inputQueue: INPUT_QUEUE, outputQueue: OUTPUT_QUEUE, concurrency };
}
