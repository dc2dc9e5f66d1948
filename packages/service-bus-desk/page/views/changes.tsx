import { type JSX } from 'preact';

import { type JobAnswer } from '../../src/http/page-api.js';
import { post } from '../api.js';
import { count, moment } from '../format.js';
import { jobs, session } from '../live.js';
import { Empty } from '../parts/notice.js';
import { useStore } from '../store.js';

/** What was begun at this desk, newest first. */
export function ChangesView(): JSX.Element {
  const all = [...useStore(jobs).values()].reverse();
  return (
    <>
      <h1>Changes</h1>
      <h2 class="unseen">Newest first</h2>
      {all.length === 0 && <Empty>Nothing was changed from here since the desk was started.</Empty>}
      <div class="stack">
        {all.map((one) => (
          <JobCard key={one.id} job={one} />
        ))}
      </div>
    </>
  );
}

const TONES = { running: 'info', done: 'good', failed: 'bad', stopped: 'warn' } as const;

export function JobCard({ job }: { readonly job: JobAnswer }): JSX.Element {
  const mayChange = useStore(session)?.mayChange === true;
  const { id, action, entity, state, planned, done, failed, missing, held, problem, dryRun, failures } = job;
  const parts = [
    dryRun ? `${count(planned)} messages; nothing was changed` : `${count(done)} of ${count(planned)} done`,
    ...(failed > 0 ? [`${count(failed)} stayed where they were`] : []),
    ...(missing > 0 ? [`${count(missing)} were gone, or somebody else has them`] : []),
    ...(held > 0 ? [`${count(held)} others held`] : []),
  ];
  return (
    <section class="card" aria-label={`${action} ${entity} ${id}`}>
      <h3>
        {dryRun ? `${action}, dry run` : action} <span class="of">of {entity}</span>{' '}
        <span class={`tag ${TONES[state]}`}>{state}</span>
      </h3>
      <progress
        aria-label="Progress"
        max={Math.max(1, planned)}
        value={dryRun && state === 'done' ? planned || 1 : done + failed}
      />
      <p role="status">{parts.join(', ')}</p>
      {problem !== undefined && <p class="bad-text">{problem}</p>}
      {failures.length > 0 && (
        <ul class="failures">
          {failures.slice(0, 10).map((one) => (
            <li key={one.sequenceNumber}>{`#${one.sequenceNumber}: ${one.reason}`}</li>
          ))}
        </ul>
      )}
      <p class="hint">{`${moment(job.startedAt)} by ${job.who}, ${id}`}</p>
      {state === 'running' && mayChange && (
        <button type="button" onClick={() => void post('jobs/stop', { id })}>
          Stop
        </button>
      )}
    </section>
  );
}
