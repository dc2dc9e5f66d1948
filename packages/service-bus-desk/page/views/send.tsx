import { type JSX } from 'preact';
import { useState } from 'preact/hooks';

import { type SendQuery } from '../../src/http/page-api.js';
import { post } from '../api.js';
import { session } from '../live.js';
import { Field, formValues, readProperties } from '../parts/field.js';
import { Empty, Notice, ProblemNotice } from '../parts/notice.js';
import { problemOf } from '../parts/use-load.js';
import { useStore } from '../store.js';

/** Sends a message: now, or so that it becomes active later. */
export function SendView({ name }: { readonly name: string }): JSX.Element {
  const whose = useStore(session);
  const [sent, setSent] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const topic = /^(.+)\/subscriptions\//i.exec(name)?.[1];
  const target = topic ?? name;
  if (whose && !whose.mayChange) return <Empty>You may look here, and send nothing.</Empty>;
  const send = async (form: HTMLFormElement): Promise<void> => {
    setSent(undefined);
    setProblem(undefined);
    try {
      const { sequenceNumber } = await post<{ sequenceNumber?: string }>('send', readMessage(target, form));
      setSent(sequenceNumber === undefined ? `Sent to ${target}.` : `Scheduled as #${sequenceNumber}.`);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <form
      class="card form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      {topic !== undefined && (
        <p class="hint">{`It goes to the topic ${topic}, and so to all of its subscriptions whose rules take it.`}</p>
      )}
      <Field label="Body" name="body" rows={8} />
      <label class="check">
        <input type="checkbox" name="isHex" /> The body is hexadecimal digits
      </label>
      <div class="columns">
        <Field label="Subject" name="subject" />
        <Field label="Content type" name="contentType" value="application/json" />
        <Field label="Message id" name="messageId" />
        <Field label="Session" name="sessionId" />
        <Field label="Correlation id" name="correlationId" />
        <Field label="Not before" name="at" type="datetime-local" />
      </div>
      <Field label="Properties" name="properties" rows={3} hint="A line each: name=value" />
      <ProblemNotice problem={problem} />
      {sent !== undefined && <Notice>{sent}</Notice>}
      <footer class="actions">
        <button type="submit" class="main">
          Send
        </button>
      </footer>
    </form>
  );
}

function readMessage(entity: string, form: HTMLFormElement): SendQuery {
  const { properties, isHex, at, body = '', ...fields } = formValues(form);
  return {
    ...(fields as Partial<SendQuery>),
    entity,
    body: body.replaceAll('\r\n', '\n'),
    ...(isHex !== undefined && { encoding: 'hex' as const }),
    ...(at !== undefined && { at: new Date(at).toISOString() }),
    properties: readProperties(properties) as Record<string, string | number | boolean>,
  };
}
