import { type App, APPS } from './read-apps.js';
import { type VariableReader } from './variable-reader.js';

/** The two queues of a feature. */
export interface Queues {
  readonly inQueue: string;
  readonly outQueue: string;
}

/** What Azure accepts as an entity's name; slashes make a path. */
const ENTITY = /^(?!.*\/\/)[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?$/;
const ALLOWED = 'a queue: letters, digits and . _ - inside, parts separated by /, at most 260 characters';

/** Reads the two queues of every feature. Features that run here must not read the same queue. */
export function readQueues(reader: VariableReader, running: readonly App[]): Record<App, Queues> {
  const read = (app: App, way: 'in' | 'out'): string =>
    reader.text(queueVariable(app, way), `${app}-${way}`, ENTITY, ALLOWED);
  const queues = Object.fromEntries(
    APPS.map((app) => [app, { inQueue: read(app, 'in'), outQueue: read(app, 'out') }]),
  ) as Record<App, Queues>;
  checkQueues(reader, running, queues);
  return queues;
}

function queueVariable(app: App, way: 'in' | 'out'): string {
  return `${app.replaceAll('-', '_')}_${way}_QUEUE`.toUpperCase();
}

/** Compares names as Service Bus does: case-insensitively. */
function checkQueues(reader: VariableReader, apps: readonly App[], queues: Record<App, Queues>): void {
  const readBy = new Map<string, App>();
  for (const app of apps) {
    const { inQueue, outQueue } = queues[app];
    // A handler that replies to its own queue would process its own replies for ever.
    // The relay is the exception: with one name for both it is a plain queue without a handler.
    if (inQueue.toLowerCase() === outQueue.toLowerCase() && app !== 'relay') {
      reader.refuse(queueVariable(app, 'out'), outQueue, `another queue than ${queueVariable(app, 'in')}`);
    }
    const other = readBy.get(inQueue.toLowerCase());
    if (other) {
      reader.refuse(queueVariable(app, 'in'), inQueue, `another queue than ${queueVariable(other, 'in')}`);
    }
    readBy.set(inQueue.toLowerCase(), app);
  }
}
