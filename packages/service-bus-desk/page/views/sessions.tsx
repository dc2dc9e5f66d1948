import { type JSX } from 'preact';
import { useState } from 'preact/hooks';

import { get, post } from '../api.js';
import { count } from '../format.js';
import { Dialog } from '../parts/dialog.js';
import { Empty, ProblemNotice } from '../parts/notice.js';
import { Rows } from '../parts/rows.js';
import { useLoad } from '../parts/use-load.js';

/** The sessions that have messages, and their states. */
export function SessionsView({ name }: { readonly name: string }): JSX.Element {
  const { value, problem, isLoading, reload } = useLoad(name, (signal) =>
    get<{ sessions: string[]; isCut: boolean }>('sessions', { entity: name }, signal),
  );
  const [open, setOpen] = useState<string>();
  const sessions = value?.sessions ?? [];
  const head = (
    <tr>
      <th scope="col">Session</th>
    </tr>
  );
  const draw = (id: string): JSX.Element => (
    <th scope="row">
      <button type="button" class="row-link" onClick={() => setOpen(id)}>
        {id}
      </button>
    </th>
  );
  return (
    <>
      <div class="bar">
        <p role="status">
          {isLoading ? 'Looking…' : `${count(sessions.length)}${value?.isCut ? ' and more' : ''} sessions`}
        </p>
        <button type="button" onClick={reload}>
          Look again
        </button>
      </div>
      <ProblemNotice problem={problem} />
      {!isLoading && problem === undefined && sessions.length === 0 && (
        <Empty>No session has messages.</Empty>
      )}
      {sessions.length > 0 && (
        <Rows label="Sessions" rows={sessions} head={head} columns={1} keyOf={(id) => id} draw={draw} />
      )}
      {open !== undefined && <StateDialog name={name} id={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function StateDialog({
  name,
  id,
  onClose,
}: {
  readonly name: string;
  readonly id: string;
  readonly onClose: () => void;
}): JSX.Element {
  const { value, problem, isLoading } = useLoad(id, () =>
    post<{ state: string | null }>('session-state', { entity: name, id }),
  );
  return (
    <Dialog title={`Session ${id}`} onClose={onClose}>
      <ProblemNotice problem={problem} />
      {isLoading ? (
        <p role="status">Looking…</p>
      ) : (
        value && (
          <pre tabIndex={0} aria-label="State">
            {value.state ?? 'no state'}
          </pre>
        )
      )}
    </Dialog>
  );
}
