import { type JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import {
  type GroupAnswer,
  type GroupsLine,
  type JobQuery,
  type SelectionQuery,
} from '../../src/http/page-api.js';
import { readLines } from '../api.js';
import { age, count } from '../format.js';
import { session } from '../live.js';
import { Empty, ProblemNotice } from '../parts/notice.js';
import { problemOf } from '../parts/use-load.js';
import { addressOf, type Route } from '../route.js';
import { useStore } from '../store.js';
import { ChangeDialog } from './change-dialog.js';
import { MessagesView } from './messages.js';

interface DeadLettersProps {
  readonly name: string;
  readonly place: Route;
}

/** Groups, then the messages of a group, then one message. */
export function DeadLettersView({ name, place }: DeadLettersProps): JSX.Element {
  const { group } = place;
  if (group === undefined) return <Groups name={name} />;
  const selection = group === 'all' ? {} : { group };
  return (
    <>
      <p class="crumbs">
        <a href={addressOf('entity', { name, tab: 'dead-letters' })}>All groups</a>
        <span aria-hidden="true"> / </span>
        {group === 'all' ? 'all dead letters' : `group ${group}`}
      </p>
      <Actions name={name} selection={selection} />
      <MessagesView key={group} name={name} place={place} selection={selection} isDead />
    </>
  );
}

/** What can be done with a selection of dead letters. */
export function Actions({
  name,
  selection,
}: {
  readonly name: string;
  readonly selection: SelectionQuery;
}): JSX.Element | null {
  const whose = useStore(session);
  const [action, setAction] = useState<JobQuery['action'] | undefined>();
  if (whose?.mayChange !== true) return null;
  return (
    <div class="actions" role="group" aria-label="Change these dead letters">
      {whose.canRedrive && (
        <button type="button" class="main" onClick={() => setAction('redrive')}>
          Redrive…
        </button>
      )}
      <button type="button" class={whose.canRedrive ? '' : 'main'} onClick={() => setAction('resubmit')}>
        Resubmit…
      </button>
      <button type="button" class="danger" onClick={() => setAction('purge')}>
        Purge…
      </button>
      {action !== undefined && (
        <ChangeDialog
          action={action}
          entity={name}
          selection={selection}
          onClose={() => setAction(undefined)}
        />
      )}
    </div>
  );
}

function Groups({ name }: { readonly name: string }): JSX.Element {
  const [round, setRound] = useState(0);
  const { line, problem } = useGroups(name, round);
  const groups = line?.groups ?? [];
  const most = Math.max(1, ...groups.map((one) => one.count));
  return (
    <>
      <div class="bar">
        <p role="status">{statusOf(line)}</p>
        <button type="button" onClick={() => setRound(round + 1)}>
          Look again
        </button>
        {groups.length > 0 && (
          <a class="button" href={addressOf('entity', { name, tab: 'dead-letters', group: 'all' })}>
            All messages
          </a>
        )}
      </div>
      <ProblemNotice problem={problem} />
      {line?.done === true && groups.length === 0 && <Empty>No dead letters. All is well here.</Empty>}
      <ul class="groups">
        {groups.map((one) => (
          <GroupRow key={one.id} name={name} group={one} share={one.count / most} />
        ))}
      </ul>
      {line?.more !== undefined && <Empty>{`and ${count(line.more)} smaller groups`}</Empty>}
    </>
  );
}

function statusOf(line: GroupsLine | undefined): string {
  if (!line) return 'Looking…';
  const found = `${count(line.looked)} dead letters in ${count(line.groups.length + (line.more ?? 0))} groups`;
  return line.done ? found : `${found} so far…`;
}

function GroupRow({
  name,
  group,
  share,
}: {
  readonly name: string;
  readonly group: GroupAnswer;
  readonly share: number;
}): JSX.Element {
  const { id, reason, handler, signature, firstSeen, lastSeen } = group;
  return (
    <li class="group">
      <span class="group-count">{count(group.count)}</span>
      <div class="group-text">
        <a href={addressOf('entity', { name, tab: 'dead-letters', group: id })}>
          {reason === '' ? '(no reason)' : reason}
        </a>
        {handler !== undefined && <span class="tag">{handler}</span>}
        <p class="signature">{signature}</p>
        <p class="hint">{`enqueued ${age(firstSeen)} to ${age(lastSeen)} ago · ${id}`}</p>
        <meter aria-label={`Share of ${reason}`} min={0} max={1} value={share} />
      </div>
    </li>
  );
}

function useGroups(
  name: string,
  round: number,
): { line: GroupsLine | undefined; problem: string | undefined } {
  const [line, setLine] = useState<GroupsLine | undefined>();
  const [problem, setProblem] = useState<string | undefined>();
  useEffect(() => {
    const controller = new AbortController();
    setProblem(undefined);
    readLines<GroupsLine>('groups', { entity: name }, setLine, controller.signal).catch((error: unknown) => {
      if (!controller.signal.aborted) setProblem(problemOf(error));
    });
    return () => controller.abort();
  }, [name, round]);
  return { line, problem };
}
