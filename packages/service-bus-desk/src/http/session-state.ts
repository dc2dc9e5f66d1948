import { type DeskApi } from './desk-api.js';
import { answer, type Exchange, readObject } from './exchange.js';
import { text } from './read-fields.js';

const MAX_LENGTH = 64 * 1024;

/** A session's state, as text: it is whatever its consumers have left there. */
export async function sessionState({ desk, views }: DeskApi, { request, response }: Exchange): Promise<void> {
  const fields = await readObject(request);
  const state = await desk.sessionState(text(fields, 'entity'), text(fields, 'id'));
  const shown = views.bodies === 'hidden' && state !== undefined ? '(hidden)' : stateText(state);
  answer(response, 200, { state: shown });
}

function stateText(state: unknown): string | null {
  if (state === undefined || state === null) return null;
  if (!(state instanceof Uint8Array)) {
    return (typeof state === 'string' ? state : JSON.stringify(state, undefined, 2)).slice(0, MAX_LENGTH);
  }
  const bytes = Buffer.from(state);
  const text = bytes.toString('utf8');
  return (text.includes('\ufffd') ? bytes.toString('hex') : text).slice(0, MAX_LENGTH);
}
