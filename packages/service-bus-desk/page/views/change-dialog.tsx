import { type JSX } from 'preact';
import { useState } from 'preact/hooks';

import { type JobAnswer, type JobQuery, type SelectionQuery } from '../../src/http/page-api.js';
import { post } from '../api.js';
import { count } from '../format.js';
import { jobs, keepJob } from '../live.js';
import { Dialog } from '../parts/dialog.js';
import { Field, formValues } from '../parts/field.js';
import { ProblemNotice } from '../parts/notice.js';
import { problemOf } from '../parts/use-load.js';
import { useStore } from '../store.js';
import { JobCard } from './changes.js';

interface ChangeDialogProps {
  readonly action: JobQuery['action'];
  readonly entity: string;
  readonly selection: SelectionQuery;
  readonly edit?: JobQuery['edit'];
  readonly onClose: () => void;
}

const TITLES = { resubmit: 'Resubmit', redrive: 'Redrive in place', purge: 'Purge' } as const;
const WHAT = {
  resubmit: 'A copy of each is sent first; when the broker has it, the dead letter is removed.',
  redrive:
    'The handlers of this process take them from the dead-letter queue itself. Nobody else gets a copy; what fails again stays.',
  purge: 'They are removed for good. Nothing brings them back.',
} as const;

/** Asks how a change is to go, begins it, and shows how far it has come. */
export function ChangeDialog({ action, entity, selection, edit, onClose }: ChangeDialogProps): JSX.Element {
  const [problem, setProblem] = useState<string>();
  const [id, setId] = useState<string>();
  const job = useStore(jobs).get(id ?? '');
  const [typed, setTyped] = useState('');
  const start = async (form: HTMLFormElement, dryRun: boolean): Promise<void> => {
    setProblem(undefined);
    try {
      const query = {
        ...readQuery(action, formValues(form)),
        entity,
        selection,
        dryRun,
        ...(edit && { edit }),
      };
      const begun = await post<JobAnswer>('jobs', query);
      // It may have ended, and been told of, before this answer came.
      if (!jobs.get().has(begun.id)) keepJob(begun);
      setId(begun.id);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const isRunning = job?.state === 'running';
  const isOver = job !== undefined && !job.dryRun;
  return (
    <Dialog
      title={`${edit ? 'Edit and resubmit' : TITLES[action]}: ${describe(selection)}`}
      onClose={onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void start(event.currentTarget, false);
        }}
      >
        <p>{WHAT[action]}</p>
        {!isOver && <RunFields action={action} entity={entity} />}
        {!isOver && action === 'purge' && (
          <Field label={`Type ${entity} to go on`} name="confirm" required onInput={setTyped} />
        )}
        <ProblemNotice problem={problem} />
        {job && <JobCard job={job} />}
        {isOver ? (
          <footer class="actions">
            <button type="button" class="main" onClick={onClose}>
              {isRunning ? 'Go on in the background' : 'Done'}
            </button>
          </footer>
        ) : (
          <Buttons
            action={action}
            isBusy={isRunning}
            isSure={action !== 'purge' || typed === entity}
            onDryRun={(form) => void start(form, true)}
          />
        )}
      </form>
    </Dialog>
  );
}

interface ButtonsProps {
  readonly action: JobQuery['action'];
  readonly isBusy: boolean;
  readonly isSure: boolean;
  readonly onDryRun: (form: HTMLFormElement) => void;
}

function Buttons({ action, isBusy, isSure, onDryRun }: ButtonsProps): JSX.Element {
  return (
    <footer class="actions">
      <button
        type="button"
        disabled={isBusy}
        onClick={({ currentTarget: { form } }) => form && onDryRun(form)}
      >
        Dry run
      </button>
      <button type="submit" class={action === 'purge' ? 'danger' : 'main'} disabled={isBusy || !isSure}>
        {TITLES[action]}
      </button>
    </footer>
  );
}

function RunFields({
  action,
  entity,
}: {
  readonly action: JobQuery['action'];
  readonly entity: string;
}): JSX.Element {
  const isSubscription = /\/subscriptions\//i.test(entity);
  return (
    <>
      {action === 'resubmit' && (
        <Field
          label="To"
          name="to"
          value={isSubscription ? '' : entity}
          hint={
            isSubscription
              ? 'A queue: what is sent to the topic goes to all of its subscriptions.'
              : 'This queue, or another queue or topic.'
          }
          required
        />
      )}
      <div class="columns">
        <Field label="At most" name="max" type="number" hint="messages; empty: all" />
        <Field label="Rate" name="rate" type="number" hint="messages a second; empty: no limit" />
      </div>
      {action !== 'purge' && (
        <label class="check">
          <input type="checkbox" name="canary" defaultChecked /> Ten first; the others only if all of these
          succeed
        </label>
      )}
    </>
  );
}

function readQuery(
  action: JobQuery['action'],
  values: Partial<Record<string, string>>,
): Omit<JobQuery, 'entity'> {
  const { max, rate, to, confirm, canary } = values;
  return {
    action,
    ...(max !== undefined && { max: Number(max) }),
    ...(rate !== undefined && { rate: Number(rate) }),
    ...(to !== undefined && action === 'resubmit' && { to }),
    ...(confirm !== undefined && { confirm }),
    ...(action !== 'purge' && canary === undefined && { canary: false as const }),
  };
}

function describe({ group, sequenceNumbers }: SelectionQuery): string {
  if (sequenceNumbers)
    return sequenceNumbers.length === 1
      ? `#${sequenceNumbers[0]}`
      : `${count(sequenceNumbers.length)} messages`;
  return group === undefined ? 'all dead letters' : `group ${group}`;
}
