import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

const PROCESSOR_INTERVAL_US = 200;
const ALLOCATION_INTERVAL_BYTES = 16 * 1024;

export type ProfileKind = 'processor' | 'allocations';

/** Samples this process from `start` to `stop`, and writes files that DevTools can open. */
export class Profiler {
  private readonly session = new Session();
  private kind: ProfileKind = 'processor';

  async start(kind: ProfileKind): Promise<void> {
    this.kind = kind;
    this.session.connect();
    if (kind === 'processor') {
      await this.session.post('Profiler.enable');
      await this.session.post('Profiler.setSamplingInterval', { interval: PROCESSOR_INTERVAL_US });
      await this.session.post('Profiler.start');
    } else {
      const all = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
      await this.session.post('HeapProfiler.startSampling', {
        samplingInterval: ALLOCATION_INTERVAL_BYTES,
        ...all,
      });
    }
  }

  async stop(file: string): Promise<void> {
    const { profile } =
      this.kind === 'processor'
        ? await this.session.post('Profiler.stop')
        : await this.session.post('HeapProfiler.stopSampling');
    this.session.disconnect();
    await writeFile(file, JSON.stringify(profile));
  }
}
