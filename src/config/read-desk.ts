import { type Authentication } from '../http/authentication/authentication-options.js';
import { type VariableReader } from './variable-reader.js';

/** The desk at `/desk`: dead letters, queues and handlers for people. */
export interface DeskSettings {
  /** Whether there is one. */
  readonly isOn: boolean;
  /** Whether bodies of messages are shown. */
  readonly showsBodies: boolean;
  /** Application properties whose values are not shown, whatever their case. */
  readonly redacted: readonly string[];
}

/** What the desk depends on, besides its own variables. */
interface Surroundings {
  readonly production: boolean;
  readonly authentication: Authentication;
  readonly workers: number;
}

const NAMES = /^[^\s,]+(?:\s*,\s*[^\s,]+)*$/;

/** Reads the desk's settings. Production has one only where that is said, and where callers are known. */
export function readDesk(
  reader: VariableReader,
  { production, authentication, workers }: Surroundings,
): DeskSettings {
  const isOn = reader.oneOf('DESK', production || workers > 1 ? 'off' : 'on', ['on', 'off']) === 'on';
  if (isOn && workers > 1) reader.refuse('DESK', 'on', 'off where WORKERS share the work: give it a process');
  if (isOn && production && authentication.kind === 'none') {
    reader.refuse('DESK', 'on', 'off where HTTP_AUTH=none: anybody could remove messages');
  }
  const redacted = reader.text('DESK_REDACT', '', NAMES, 'names of properties, separated by commas');
  return {
    isOn,
    showsBodies: reader.oneOf('DESK_BODIES', 'on', ['on', 'off']) === 'on',
    redacted: redacted === '' ? [] : redacted.split(',').map((name) => name.trim()),
  };
}
