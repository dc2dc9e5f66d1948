import { type JSX } from 'preact';
import { useState } from 'preact/hooks';

import { type JobQuery, type MessageAnswer } from '../../src/http/page-api.js';
import { Dialog } from '../parts/dialog.js';
import { Field, formValues, readProperties } from '../parts/field.js';
import { ProblemNotice } from '../parts/notice.js';
import { problemOf } from '../parts/use-load.js';

interface EditDialogProps {
  readonly message: MessageAnswer;
  readonly onClose: () => void;
  readonly onEdit: (edit: JobQuery['edit']) => void;
}

/** What may be changed of a message on its way. The broker's own stays as it is. */
export function EditDialog({ message, onClose, onEdit }: EditDialogProps): JSX.Element {
  const [problem, setProblem] = useState<string>();
  const { body, editable } = message;
  // What is shown otherwise than it is, or in part, cannot be written back.
  const mayEditBody = body.kind === 'data' && !body.isCut && (body.form === 'json' || body.form === 'text');
  return (
    <Dialog title={`Edit #${message.sequenceNumber}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          try {
            const edit = readEdit(message, event.currentTarget, mayEditBody);
            if (edit) onEdit(edit);
            else setProblem('Nothing is changed yet.');
          } catch (error) {
            setProblem(problemOf(error));
          }
        }}
      >
        {mayEditBody ? (
          <Field label="Body" name="body" rows={12} value={body.text} />
        ) : (
          <p class="hint">The body stays as it is: it is hidden, no text, or too long to be edited here.</p>
        )}
        <div class="columns">
          <Field label="Subject" name="subject" value={editable.subject ?? ''} />
          <Field label="Content type" name="contentType" value={editable.contentType ?? ''} />
          <Field label="Correlation id" name="correlationId" value={editable.correlationId ?? ''} />
        </div>
        <Field
          label="Properties to set"
          name="properties"
          rows={3}
          hint="A line each: name=value; name=null removes one. All others stay."
        />
        <p class="hint">Locked: id, session, partition key, numbers and times.</p>
        <ProblemNotice problem={problem} />
        <footer class="actions">
          <button type="submit" class="main">
            Go on
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function readEdit(
  { body, editable }: MessageAnswer,
  form: HTMLFormElement,
  mayEditBody: boolean,
): JobQuery['edit'] {
  const values = formValues(form);
  const changed = Object.fromEntries(
    (['subject', 'contentType', 'correlationId'] as const)
      .filter((name) => (values[name] ?? '') !== (editable[name] ?? ''))
      .map((name) => [name, values[name] ?? null]),
  );
  const text = (values['body'] ?? '').replaceAll('\r\n', '\n');
  const properties = readProperties(values['properties']);
  const edit = {
    ...changed,
    ...(mayEditBody && text !== body.text && { body: text }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
  return Object.keys(edit).length === 0 ? undefined : edit;
}
