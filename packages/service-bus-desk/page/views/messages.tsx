import { type JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { type MessageRow, type MessagesAnswer, type SelectionQuery } from '../../src/http/page-api.js';
import { get, post } from '../api.js';
import { age, count, moment } from '../format.js';
import { session } from '../live.js';
import { Empty, ProblemNotice } from '../parts/notice.js';
import { Rows } from '../parts/rows.js';
import { problemOf } from '../parts/use-load.js';
import { addressOf, type Route } from '../route.js';
import { useStore } from '../store.js';
import { MessageView } from './message.js';

interface MessagesProps {
  readonly name: string;
  readonly place: Route;
  readonly selection?: SelectionQuery;
  readonly isDead?: boolean;
  readonly state?: 'scheduled';
}

/** A list of messages, a page at a time, and beside it the one that is looked at. */
export function MessagesView({
  name,
  place,
  selection = {},
  isDead = false,
  state,
}: MessagesProps): JSX.Element {
  const path = isDead ? `${name}/$DeadLetterQueue` : name;
  const [text, setText] = useState('');
  const whose = useStore(session);
  const sought = { ...selection, ...(text !== '' && { text }) };
  const { rows, next, looked, problem, isLoading, more, reload } = useMessages(path, sought, state);
  const to = (number?: string): string =>
    addressOf('entity', { name, tab: place['tab'], group: place['group'], number });
  const { number } = place;
  return (
    <>
      <div class="bar">
        <p role="status">
          {isLoading ? 'Looking…' : `${count(rows.length)} shown, ${count(looked)} looked at`}
        </p>
        <button type="button" onClick={reload}>
          Look again
        </button>
        {whose?.bodies === 'shown' && <SearchForm onSearch={setText} />}
      </div>
      <ProblemNotice problem={problem} />
      <div class={number === undefined ? '' : 'beside'}>
        <div>
          {!isLoading && rows.length === 0 && problem === undefined && (
            <Empty>{next === undefined ? 'No messages.' : 'None found so far.'}</Empty>
          )}
          {rows.length > 0 && (
            <MessageRows
              rows={rows}
              to={to}
              current={number}
              name={name}
              state={state}
              onCancelled={reload}
            />
          )}
          {next !== undefined && (
            <button type="button" onClick={more} disabled={isLoading}>
              Load more
            </button>
          )}
        </div>
        {number !== undefined && (
          <MessageView key={number} name={name} path={path} number={number} isDead={isDead} closed={to()} />
        )}
      </div>
    </>
  );
}

function SearchForm({ onSearch }: { readonly onSearch: (text: string) => void }): JSX.Element {
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const text = new FormData(event.currentTarget).get('text');
        onSearch(typeof text === 'string' ? text : '');
      }}
    >
      <input type="search" name="text" aria-label="Text in the body" placeholder="Text in the body" />
      <button type="submit">Search</button>
    </form>
  );
}

interface MessageRowsProps {
  readonly rows: readonly MessageRow[];
  readonly to: (number: string) => string;
  readonly current: string | undefined;
  readonly name: string;
  readonly state: 'scheduled' | undefined;
  readonly onCancelled: () => void;
}

function MessageRows({ rows, to, current, name, state, onCancelled }: MessageRowsProps): JSX.Element {
  const mayCancel = useStore(session)?.mayChange === true && state === 'scheduled';
  const head = (
    <tr>
      <th scope="col" class="number">
        Number
      </th>
      <th scope="col">{state === 'scheduled' ? 'Due' : 'Enqueued'}</th>
      <th scope="col" class="mid">
        Id
      </th>
      <th scope="col" class="wide">
        Body
      </th>
      {mayCancel && <th scope="col">Cancel</th>}
    </tr>
  );
  const draw = (row: MessageRow): JSX.Element => (
    <>
      <th scope="row" class="number">
        <a href={to(row.sequenceNumber)} aria-current={row.sequenceNumber === current ? 'true' : undefined}>
          {row.sequenceNumber}
        </a>
      </th>
      <td title={moment(row.enqueuedTime)}>
        {row.state === 'scheduled' ? moment(row.scheduledEnqueueTime) : `${age(row.enqueuedTime)} ago`}
      </td>
      <td class="mid cut">{row.messageId}</td>
      <td class="wide cut mono">{row.preview}</td>
      {mayCancel && (
        <td>
          <CancelButton entity={name} number={row.sequenceNumber} onDone={onCancelled} />
        </td>
      )}
    </>
  );
  return (
    <Rows
      label="Messages"
      rows={rows}
      head={head}
      columns={mayCancel ? 5 : 4}
      keyOf={({ sequenceNumber }) => sequenceNumber}
      draw={draw}
    />
  );
}

function CancelButton({
  entity,
  number,
  onDone,
}: {
  readonly entity: string;
  readonly number: string;
  readonly onDone: () => void;
}): JSX.Element {
  const [isSure, setIsSure] = useState(false);
  const cancel = (): void => {
    if (!isSure) setIsSure(true);
    else void post('scheduled/cancel', { entity, sequenceNumbers: [number] }).then(onDone, onDone);
  };
  return (
    <button
      type="button"
      class={isSure ? 'danger small' : 'small'}
      aria-label={isSure ? `Really cancel #${number}?` : `Cancel #${number}`}
      onClick={cancel}
      onBlur={() => setIsSure(false)}
    >
      {isSure ? 'Sure?' : 'Cancel'}
    </button>
  );
}

interface Messages {
  readonly rows: readonly MessageRow[];
  readonly looked: number;
  readonly next: string | undefined;
  readonly problem: string | undefined;
  readonly isLoading: boolean;
  readonly more: () => void;
  readonly reload: () => void;
}

function useMessages(path: string, selection: SelectionQuery, state: string | undefined): Messages {
  const [found, setFound] = useState<{
    rows: readonly MessageRow[];
    looked: number;
    next?: string | undefined;
  }>({ rows: [], looked: 0 });
  const [asked, setAsked] = useState<{ from?: string; round: number }>({ round: 0 });
  const [problem, setProblem] = useState<string>();
  const [isLoading, setIsLoading] = useState(true);
  const filter = JSON.stringify(selection);
  useEffect(() => setAsked(({ round }) => ({ round: round + 1 })), [path, filter, state]);
  useEffect(() => {
    const controller = new AbortController();
    const { from } = asked;
    setIsLoading(true);
    get<MessagesAnswer>('messages', { path, filter, from, state }, controller.signal)
      .then(({ messages, looked, next }) => {
        setProblem(undefined);
        setFound((before) =>
          from === undefined
            ? { rows: messages, looked, next }
            : { rows: [...before.rows, ...messages], looked: before.looked + looked, next },
        );
      })
      .catch((error: unknown) => controller.signal.aborted || setProblem(problemOf(error)))
      .finally(() => controller.signal.aborted || setIsLoading(false));
    return () => controller.abort();
  }, [asked]);
  const more = (): void =>
    setAsked(({ round }) => ({ round, ...(found.next !== undefined && { from: found.next }) }));
  return {
    ...found,
    next: found.next,
    problem,
    isLoading,
    more,
    reload: () => setAsked(({ round }) => ({ round: round + 1 })),
  };
}
