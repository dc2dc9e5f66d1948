import { type Variables } from './variable-reader.js';

/** Nobody but this service reads names with these prefixes (and its features' own): any other name is a mistake. */
const OWN_PREFIXES = ['SB_', 'SERVICE_BUS_', 'HTTP_API_KEY', 'HTTP_JWT_', 'EMULATOR_'];
/** Other programs read names with these prefixes too (HTTP_PROXY): only a near miss is a mistake. */
const SHARED_PREFIXES = ['HTTP_', 'LOG_', 'METRICS_', 'WORKERS', 'DESK'];
const NEAR_MISS = 2;
/** The part of a name that may differ from the one that is suggested. */
const MOST_DIFFERENCE = 0.4;

/**
 * Kubernetes and Docker describe each Service to its neighbours: one called `counter` makes COUNTER_SERVICE_HOST,
 * COUNTER_PORT=tcp://…, COUNTER_PORT_80_TCP_ADDR and more.
 */
const SERVICE_LINK = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?$/;
const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\//;

/**
 * Returns a line for each variable that looks like one of the service's and is not, with the name that was probably
 * meant. A line never shows the value, which may be a secret.
 */
export function findMisspelt(
  variables: Variables,
  known: ReadonlySet<string>,
  apps: readonly string[],
): string[] {
  const ownPrefixes = [...OWN_PREFIXES, ...apps.map((app) => `${app.replaceAll('-', '_').toUpperCase()}_`)];
  const lines: string[] = [];
  for (const [name, value = ''] of Object.entries(variables)) {
    if (known.has(name) || SERVICE_LINK.test(name) || SERVICE_ADDRESS.test(value)) continue;
    const isOwn = startsWithOneOf(ownPrefixes, name);
    if (!isOwn && !startsWithOneOf(SHARED_PREFIXES, name)) continue;
    const { nearest, distance } = nearestOf(name, known);
    if (!isOwn && distance > NEAR_MISS) continue;
    const isLikely = distance <= MOST_DIFFERENCE * Math.max(name.length, nearest.length);
    lines.push(isLikely ? `${name} is not known: did you mean ${nearest}?` : `${name} is not known`);
  }
  return lines;
}

function startsWithOneOf(prefixes: readonly string[], name: string): boolean {
  return prefixes.some((prefix) => name.startsWith(prefix));
}

function nearestOf(name: string, known: ReadonlySet<string>): { nearest: string; distance: number } {
  let best = { nearest: '', distance: Number.POSITIVE_INFINITY };
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < best.distance) best = { nearest: candidate, distance };
  }
  return best;
}

/** How many letters have to be added, removed or replaced to make one text of the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? 0) + 1;
      const added = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
