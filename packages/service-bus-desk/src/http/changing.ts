import { type ChangeOptions, type RunResult } from '../change/change-options.js';
import { type MessageEdit } from '../change/edit.js';
import { type ResubmitOptions } from '../change/resubmit.js';
import { readEntityAddress } from '../connection/entity-address.js';
import { type DeskApi } from './desk-api.js';
import { describeError } from '../describe-error.js';
import { answer, type Exchange, readObject, RequestProblem } from './exchange.js';
import { type AuditLine } from './handler-options.js';
import { present } from './message-views.js';
import { type JobAnswer } from './page-api.js';
import {
  isSimple,
  isSimpleOrNull,
  optionalBoolean,
  optionalCount,
  optionalFields,
  optionalText,
  optionalTime,
  properties,
  selection,
  sequenceNumbers,
  text,
  textOrNull,
} from './read-fields.js';

type Fields = Readonly<Record<string, unknown>>;
type Subject = Pick<AuditLine, 'who' | 'action' | 'entity'> & Partial<AuditLine>;

const HEX = /^(?:[\da-f]{2})*$/i;

/** Begins a change of dead letters, and answers before it has ended. */
export async function startJob(api: DeskApi, { request, response, caller }: Exchange): Promise<void> {
  const fields = await readObject(request);
  const action = readAction(fields);
  const entity = readEntityAddress(text(fields, 'entity')).path;
  const given = optionalFields(fields, 'selection');
  const edit = action === 'resubmit' ? readEdit(fields) : undefined;
  const target = optionalText(fields, 'to');
  const dryRun = optionalBoolean(fields, 'dryRun') ?? false;
  const subject: Subject = {
    who: caller.name,
    action,
    entity,
    dryRun,
    ...(target !== undefined && { target }),
    ...(given && { selection: given }),
    ...(edit && { edited: Object.keys(edit) }),
  };
  allow(api, caller, subject, () => {
    const filter = selection(given);
    api.views.checkFilter(filter);
    if (edit?.body !== undefined && api.views.bodies === 'hidden') {
      throw new RequestProblem(403, 'bodies are hidden here, and cannot be edited');
    }
    if (action === 'purge' && !dryRun && fields['confirm'] !== entity) {
      throw new RequestProblem(400, `this cannot be undone: confirm it with the name ${entity}`);
    }
    const options = { ...present(readRun(fields)), filter, dryRun };
    const resubmit = { to: target, toAllSubscriptions: optionalBoolean(fields, 'toAllSubscriptions'), edit };
    const work = workOf(api, action, entity, options, resubmit);
    const job = api.jobs.start({ action, entity, who: caller.name, dryRun }, work, (ended) =>
      api.audit({ ...subject, job: ended.id, ...outcomeOf(ended) }),
    );
    api.audit({ ...subject, outcome: 'started', job: job.id });
    answer(response, 202, job);
  });
}

/** Stops a job; what it holds is given back. */
export async function stopJob(api: DeskApi, { request, response, caller }: Exchange): Promise<void> {
  const id = text(await readObject(request), 'id');
  const job = api.jobs.answers.find((one) => one.id === id);
  // Who stops it may be another than who began it. How it ended is a line of the job's own.
  const subject: Subject = { who: caller.name, action: 'stop', entity: job?.entity ?? '', job: id };
  allow(api, caller, subject, () => {
    if (!api.jobs.stop(id)) throw new RequestProblem(404, `there is no job ${id}`);
    api.audit({ ...subject, outcome: 'done' });
    answer(response, 202, {});
  });
}

export async function send(api: DeskApi, { request, response, caller }: Exchange): Promise<void> {
  const fields = await readObject(request);
  const entity = text(fields, 'entity');
  const at = optionalTime(fields, 'at');
  await change(api, caller, { who: caller.name, action: 'send', entity }, async () => {
    const message = present({
      body: readBody(fields),
      messageId: optionalText(fields, 'messageId'),
      sessionId: optionalText(fields, 'sessionId'),
      subject: optionalText(fields, 'subject'),
      contentType: optionalText(fields, 'contentType'),
      correlationId: optionalText(fields, 'correlationId'),
      timeToLiveMs: optionalCount(fields, 'timeToLiveMs'),
      properties: properties(fields, 'properties', isSimple),
    });
    const number = await api.desk.send(entity, message, at);
    answer(response, 200, number === undefined ? {} : { sequenceNumber: String(number) });
    return { done: 1 };
  });
}

export async function cancelScheduled(api: DeskApi, { request, response, caller }: Exchange): Promise<void> {
  const fields = await readObject(request);
  const entity = text(fields, 'entity');
  const numbers = sequenceNumbers(fields['sequenceNumbers']);
  const subject = {
    who: caller.name,
    action: 'cancel-scheduled',
    entity,
    selection: { sequenceNumbers: numbers.map(String) },
  } as const;
  await change(api, caller, subject, async () => {
    await api.desk.cancelScheduled(entity, numbers);
    answer(response, 200, { cancelled: numbers.length });
    return { done: numbers.length };
  });
}

async function change(
  api: DeskApi,
  caller: Exchange['caller'],
  subject: Subject,
  work: () => Promise<Partial<AuditLine>>,
): Promise<void> {
  allow(api, caller, subject, () => api.audit({ ...subject, outcome: 'started' }));
  try {
    const numbers = await work();
    api.audit({ ...subject, outcome: 'done', ...numbers });
  } catch (error) {
    api.audit({ ...subject, outcome: 'failed', reason: describeError(error) });
    throw error;
  }
}

/** Refusals are noted too, those of wrong input as well: somebody wanted to change something. */
function allow(api: DeskApi, caller: Exchange['caller'], subject: Subject, begin: () => void): void {
  try {
    if (!caller.mayChange) throw refused();
    begin();
  } catch (error) {
    api.audit({ ...subject, outcome: 'refused', reason: describeError(error) });
    throw error;
  }
}

function refused(): RequestProblem {
  return new RequestProblem(403, 'you may look here, and change nothing');
}

function workOf(
  { desk, options: { handlers } }: DeskApi,
  action: JobAnswer['action'],
  entity: string,
  options: ChangeOptions,
  resubmit: ResubmitOptions,
): (observed: ChangeOptions) => Promise<RunResult> {
  switch (action) {
    case 'purge':
      // Nothing can fail of what is removed: there is nothing to try first.
      return (observed) => desk.purge(entity, { ...options, canary: false, ...observed });
    case 'resubmit':
      return (observed) => desk.resubmit(entity, { ...options, ...resubmit, ...observed });
    case 'redrive': {
      const redrive = handlers?.redrive?.bind(handlers);
      if (!redrive) throw new RequestProblem(400, 'there are no handlers in this process');
      return (observed) => redrive(entity, { ...options, ...observed });
    }
  }
}

function readAction(fields: Fields): JobAnswer['action'] {
  const action = text(fields, 'action');
  if (action === 'resubmit' || action === 'purge' || action === 'redrive') return action;
  throw new RequestProblem(400, `${action}: there is no such change`);
}

function readRun(fields: Fields): Pick<ChangeOptions, 'max' | 'rate' | 'canary'> {
  const canary = fields['canary'];
  return {
    max: optionalCount(fields, 'max'),
    rate: optionalCount(fields, 'rate'),
    canary: canary === false ? false : optionalCount(fields, 'canary'),
  };
}

function readEdit(fields: Fields): MessageEdit | undefined {
  const given = optionalFields(fields, 'edit');
  if (given === undefined) return undefined;
  const known = ['body', 'contentType', 'subject', 'correlationId', 'properties'];
  const locked = Object.keys(given).filter((name) => !known.includes(name));
  if (locked.length > 0) throw new RequestProblem(400, `${locked.join(', ')} cannot be edited`);
  const edit = present({
    body: optionalText(given, 'body'),
    contentType: textOrNull(given, 'contentType'),
    subject: textOrNull(given, 'subject'),
    correlationId: textOrNull(given, 'correlationId'),
    properties: properties(given, 'properties', isSimpleOrNull),
  });
  return Object.keys(edit).length === 0 ? undefined : edit;
}

function readBody(fields: Fields): string | Uint8Array {
  const body = optionalText(fields, 'body') ?? '';
  if (fields['encoding'] !== 'hex') return body;
  const digits = body.replaceAll(/\s+/g, '');
  if (!HEX.test(digits))
    throw new RequestProblem(400, 'the body is no hexadecimal digits, two for each byte');
  return Buffer.from(digits, 'hex');
}

function outcomeOf({
  state,
  planned,
  done,
  failed,
  missing,
  problem,
}: JobAnswer): Omit<AuditLine, 'who' | 'action' | 'entity'> {
  return {
    outcome: state === 'done' ? 'done' : 'failed',
    planned,
    done,
    failed,
    missing,
    ...(problem !== undefined && { reason: problem }),
  };
}
