// .NET's longest time span, which stands for "without end" in Service Bus.
const UNLIMITED = 'P10675199DT2H48M5.4775807S';
const UNLIMITED_DAYS = 10_675_199;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// [XML Schema 1.0, part 2, 3.2.6; years and months as .NET counts them]
const PATTERN = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [365 * DAY, 30 * DAY, DAY, HOUR, MINUTE, SECOND];

/** Reads a duration (`PT1M`) into milliseconds; Infinity for one without end, undefined if it is not one. */
export function parseDuration(text: string): number | undefined {
  const parts = PATTERN.exec(text)?.slice(1) ?? [];
  if (text.endsWith('T') || parts.every((part) => part === undefined)) return undefined;
  let milliseconds = 0;
  parts.forEach((part, index) => (milliseconds += Number(part ?? 0) * (UNITS_MS[index] as number)));
  return milliseconds >= UNLIMITED_DAYS * DAY ? Infinity : milliseconds;
}

/** Writes milliseconds as Service Bus does: in days, hours, minutes and seconds. */
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
