const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// .NET's longest time span, by which Service Bus says "unlimited".
const UNLIMITED = 'P10675199DT2H48M5.4775807S';
const UNLIMITED_MS = 10_675_199 * DAY;

const PATTERN =
  /^P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
// In the order of the pattern's groups. Years and months have the lengths that .NET gives them.
const UNITS_MS = [365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE, SECOND];

/** Parses an ISO 8601 duration (`PT1M`) to milliseconds: Infinity if unlimited, undefined if it is not one. */
export function parseDuration(text: string): number | undefined {
  const parts = PATTERN.exec(text)?.slice(1) ?? [];
  if (text.endsWith('T') || parts.every((part) => part === undefined)) return undefined;
  let milliseconds = 0;
  parts.forEach((part, index) => (milliseconds += Number(part ?? 0) * (UNITS_MS[index] as number)));
  return milliseconds >= UNLIMITED_MS ? Infinity : milliseconds;
}

/** Formats milliseconds as Service Bus does: in days, hours, minutes and seconds. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === Infinity) return UNLIMITED;
  const days = Math.floor(milliseconds / DAY);
  const hours = Math.floor((milliseconds % DAY) / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  const seconds = Math.round(milliseconds % MINUTE) / SECOND;
  const time = `${part(hours, 'H')}${part(minutes, 'M')}${part(seconds, 'S')}`;
  if (days === 0 && time === '') return 'PT0S';
  return `P${part(days, 'D')}${time === '' ? '' : `T${time}`}`;
}

function part(count: number, unit: string): string {
  return count === 0 ? '' : `${count}${unit}`;
}
