import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { Brokers } from '../broker/brokers.js';
import { absence, CANDIDATES } from '../candidates/candidate.js';
import { type ProfileKind } from '../candidates/profiler.js';
import { type Options } from '../options.js';
import { profileSection } from '../report/profile-section.js';
import { say } from '../report/say.js';
import { type Section } from '../report/section.js';
import {
  type AllocationProfile,
  type ProcessorProfile,
  readAllocationProfile,
  readProcessorProfile,
} from './read-profile.js';
import { measureThroughput } from './throughput.js';

// This file runs from .compiled/bench/measure.
const FOLDER = new URL('../../profiles/', import.meta.url);
const EXTENSIONS: Record<ProfileKind, string> = { processor: 'cpuprofile', allocations: 'heapprofile' };

/** Profiles a candidate's processor time and allocations, from the end of the warm-up to the last message. */
export async function measureProfile(id: string, { quick }: Pick<Options, 'quick'>): Promise<Section> {
  const candidate = CANDIDATES.find((each) => each.id === id);
  if (!candidate) throw new TypeError(`--profile ${id}: there is no such candidate`);
  const reason = absence(candidate);
  if (reason !== undefined) throw new TypeError(`--profile ${id}: ${reason}`);
  const work = { bytes: 100, messages: quick ? 4_000 : 20_000, concurrency: 100 };
  const messages = work.messages * candidate.share;
  await mkdir(FOLDER, { recursive: true });
  const brokers = new Brokers();
  const record = async (kind: ProfileKind): Promise<string> => {
    const file = fileURLToPath(new URL(`${id}.${EXTENSIONS[kind]}`, FOLDER));
    await measureThroughput(await brokers.get(candidate.platform), candidate, work, {
      begin: (child) => child.ask('startProfile', kind),
      end: (child) => child.ask('stopProfile', file),
    });
    say(`written: bench/.compiled/profiles/${id}.${EXTENSIONS[kind]}`);
    return readFile(file, 'utf8');
  };
  try {
    const processor = JSON.parse(await record('processor')) as ProcessorProfile;
    const allocations = JSON.parse(await record('allocations')) as AllocationProfile;
    const costs = {
      processor: readProcessorProfile(processor),
      allocations: readAllocationProfile(allocations),
    };
    return profileSection(candidate, messages, costs.processor, costs.allocations);
  } finally {
    await brokers.close();
  }
}
