import { type JSX } from 'preact';
import { useState } from 'preact/hooks';

import { type BodyAnswer, type JobQuery, type MessageAnswer } from '../../src/http/page-api.js';
import { get } from '../api.js';
import { bytes } from '../format.js';
import { session } from '../live.js';
import { ProblemNotice } from '../parts/notice.js';
import { useLoad } from '../parts/use-load.js';
import { useStore } from '../store.js';
import { ChangeDialog } from './change-dialog.js';
import { Actions } from './dead-letters.js';
import { EditDialog } from './edit-dialog.js';

interface MessageProps {
  readonly name: string;
  readonly path: string;
  readonly number: string;
  readonly isDead: boolean;
  /** Where one goes who has seen it. */
  readonly closed: string;
}

/** Everything of one message. */
export function MessageView({ name, path, number, isDead, closed }: MessageProps): JSX.Element {
  const { value: message, problem } = useLoad(`${path} ${number}`, (signal) =>
    get<MessageAnswer>('message', { path, number }, signal),
  );
  return (
    <article class="message" aria-label={`Message ${number}`}>
      <header class="dialog-head">
        <h2>{`#${number}`}</h2>
        <a class="button plain" href={closed} aria-label="Close the message">
          ✕
        </a>
      </header>
      <ProblemNotice problem={problem} />
      {message && isDead && <MessageActions name={name} message={message} />}
      {message && <Content message={message} />}
    </article>
  );
}

function MessageActions({
  name,
  message,
}: {
  readonly name: string;
  readonly message: MessageAnswer;
}): JSX.Element | null {
  const whose = useStore(session);
  const [isEditing, setIsEditing] = useState(false);
  const [edit, setEdit] = useState<JobQuery['edit']>();
  if (whose?.mayChange !== true) return null;
  const selection = { sequenceNumbers: [message.sequenceNumber] };
  return (
    <div class="bar">
      <Actions name={name} selection={selection} />
      <button type="button" onClick={() => setIsEditing(true)}>
        Edit…
      </button>
      {isEditing && (
        <EditDialog
          message={message}
          onClose={() => setIsEditing(false)}
          onEdit={(edited) => {
            setIsEditing(false);
            setEdit(edited);
          }}
        />
      )}
      {edit && (
        <ChangeDialog
          action="resubmit"
          entity={name}
          selection={selection}
          edit={edit}
          onClose={() => setEdit(undefined)}
        />
      )}
    </div>
  );
}

function Content({ message }: { readonly message: MessageAnswer }): JSX.Element {
  const { reason, description, stack, properties, fields, body } = message;
  return (
    <>
      {reason !== undefined && (
        <section aria-label="Why it was dead-lettered">
          <h3 class="bad-text">{reason}</h3>
          {stack === undefined && (
            <pre tabIndex={0} aria-label="Description">
              {description}
            </pre>
          )}
          {stack !== undefined && (
            <pre tabIndex={0} aria-label="Stack">
              {stack}
            </pre>
          )}
        </section>
      )}
      <Body body={body} />
      {properties.length > 0 && (
        <section aria-label="Application properties">
          <h3>Properties</h3>
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Type</th>
                <th scope="col">Value</th>
              </tr>
            </thead>
            <tbody>
              {properties.map(({ name, type, value }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class="hint">{type}</td>
                  <td class="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <section aria-label="Fields">
        <h3>Fields</h3>
        <dl class="pairs">
          {fields.map(([name, value]) => (
            <div key={name} class="pair">
              <dt>{name}</dt>
              <dd class="mono">{value}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

function Body({ body }: { readonly body: BodyAnswer }): JSX.Element {
  const { kind, type, form, text, isCut } = body;
  const shown =
    form === 'hex'
      ? (text.match(/.{1,32}/g) ?? []).map((line) => line.replaceAll(/(..)/g, '$1 ')).join('\n')
      : text;
  return (
    <section aria-label="Body">
      <h3>
        Body <span class="tag">{form}</span>{' '}
        <span class="hint">{`${type} (${kind}), ${bytes(body.bytes)}`}</span>
      </h3>
      <pre tabIndex={0} aria-label="Body as text">
        {form === 'none' ? '(none)' : shown}
      </pre>
      {isCut && <p class="hint">This is the beginning only: the command shows all of it.</p>}
    </section>
  );
}
