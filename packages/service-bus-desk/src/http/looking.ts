import { setTimeout as after } from 'node:timers/promises';

import { readEntityAddress } from '../connection/entity-address.js';
import { type DeadLetterGroup } from '../dead-letters/dead-letter-group.js';
import { readFilter } from '../dead-letters/dead-letter-filter.js';
import { type DeskMessage } from '../message/desk-message.js';
import { type DeskApi } from './desk-api.js';
import { answer, type Exchange, RequestProblem } from './exchange.js';
import { present } from './message-views.js';
import { type EntityProbe, type GroupsLine, type MessageRow } from './page-api.js';
import { selection, sequenceNumber } from './read-fields.js';

const MAX_PROBED = 50;
const MAX_ROWS = 200;
const MAX_GROUPS = 500;
const MAX_SESSIONS = 2_000;
/** A page of messages is answered after this long, with what was found and where to go on. */
const PAGE_MS = 2_000;
const MAX_LOOKED = 50_000;
const TELL_EACH_MS = 250;

export function session({ desk, options, views }: DeskApi, { response, caller }: Exchange): void {
  answer(response, 200, {
    host: desk.host,
    who: caller.name,
    mayChange: caller.mayChange,
    bodies: views.bodies,
    canRedrive: options.handlers?.redrive !== undefined,
    ...present({ onlyEntity: desk.onlyEntity }),
  });
}

export async function history({ sampler }: DeskApi, { response, query }: Exchange): Promise<void> {
  await sampler.fresh();
  answer(response, 200, sampler.history.of(required(query, 'entity')));
}

export async function probe(api: DeskApi, { response, query, signal }: Exchange): Promise<void> {
  const { desk, flows, sampler } = api;
  const entities = query.getAll('entity').slice(0, MAX_PROBED);
  const depths = new Map(sampler.entities.map((one) => [one.entity, one.active + one.scheduled]));
  const probes = entities.map(async (entity): Promise<EntityProbe> => {
    const look = (from: bigint, max: number): Promise<DeskMessage[]> =>
      collect(desk.peek(entity, { from, max, signal }));
    try {
      const { oldest, ...flow } = await flows.read(entity, depths.get(entity) ?? 0, look);
      return { entity, ...flow, ...(oldest && { oldest: oldest.toISOString() }) };
    } catch {
      // Who may not look into one of many sees the others.
      return { entity };
    }
  });
  answer(response, 200, await Promise.all(probes));
}

/** Tells the groups so far as they are found: of a million dead letters the first are there at once. */
export async function groups(api: DeskApi, { response, query, signal }: Exchange): Promise<void> {
  const { desk, views } = api;
  const entity = required(query, 'entity');
  const filter = selection(query.get('filter'));
  views.checkFilter(filter);
  const tell = async (all: readonly DeadLetterGroup[], done: boolean): Promise<void> => {
    if (!response.headersSent) beginLines(response);
    const looked = all.reduce((sum, { count }) => sum + count, 0);
    const named = all.slice(0, MAX_GROUPS).map((group) => views.group(group));
    const more = all.length - named.length;
    await writeLine(response, { looked, groups: named, done, ...(more > 0 && { more }) }, signal);
  };
  let soFar: readonly DeadLetterGroup[] = [];
  let toldAtMs = -Infinity;
  for await (soFar of desk.groups(entity, { filter, signal })) {
    if (performance.now() - toldAtMs < TELL_EACH_MS) continue;
    await tell(soFar, false);
    toldAtMs = performance.now();
  }
  await tell(soFar, true);
  response.end();
}

export async function messages(api: DeskApi, { response, query, signal }: Exchange): Promise<void> {
  const { desk, views } = api;
  const path = required(query, 'path');
  const filter = selection(query.get('filter'));
  views.checkFilter(filter);
  const state = query.get('state');
  const isWanted = readFilter(filter, readEntityAddress(path).path);
  const max = Math.min(Number(query.get('max') ?? MAX_ROWS) || MAX_ROWS, MAX_ROWS);
  const from = sequenceNumber(query.get('from') ?? '0');
  const rows: MessageRow[] = [];
  const giveUpAtMs = performance.now() + PAGE_MS;
  let looked = 0;
  let next: bigint | undefined;
  for await (const message of desk.peek(path, { from, signal })) {
    const isEnough = rows.length >= max || looked >= MAX_LOOKED || performance.now() > giveUpAtMs;
    if (isEnough && looked > 0) {
      next = message.sequenceNumber;
      break;
    }
    looked++;
    if ((state === null || message.state === state) && isWanted(message)) rows.push(views.row(message));
  }
  answer(response, 200, { messages: rows, looked, ...(next !== undefined && { next: String(next) }) });
}

export async function message(api: DeskApi, { response, query, signal }: Exchange): Promise<void> {
  const found = await findMessage(api, required(query, 'path'), query.get('number'), signal);
  answer(response, 200, api.views.full(found));
}

/** @throws RequestProblem if there is none (any more) */
export async function findMessage(
  { desk }: DeskApi,
  path: string,
  number: unknown,
  signal: AbortSignal,
): Promise<DeskMessage> {
  const from = sequenceNumber(number);
  const [found] = await collect(desk.peek(path, { from, max: 1, signal }));
  if (found?.sequenceNumber === from) return found;
  throw new RequestProblem(404, `there is no message #${from} any more`);
}

export async function sessions({ desk }: DeskApi, { response, query, signal }: Exchange): Promise<void> {
  const ids: string[] = [];
  let isCut = false;
  for await (const id of desk.sessions(required(query, 'entity'), signal)) {
    isCut = ids.length >= MAX_SESSIONS;
    if (isCut) break;
    ids.push(id);
  }
  answer(response, 200, { sessions: ids, isCut });
}

export function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value !== null && value !== '') return value;
  throw new RequestProblem(400, `${name} is missing`);
}

function beginLines(response: Exchange['response']): void {
  response.writeHead(200, {
    'Content-Type': 'application/x-ndjson; charset=utf-8',
    'Cache-Control': 'no-store',
  });
}

async function writeLine(
  response: Exchange['response'],
  line: GroupsLine,
  signal: AbortSignal,
): Promise<void> {
  if (response.write(`${JSON.stringify(line)}\n`)) return;
  // Whoever reads slowly holds us back, and not our memory.
  while (response.writableNeedDrain && !signal.aborted) await after(20);
}

async function collect(messages: AsyncIterable<DeskMessage>): Promise<DeskMessage[]> {
  const all: DeskMessage[] = [];
  for await (const one of messages) all.push(one);
  return all;
}
