const PATTERN =
  /^P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
// In the order of the pattern's groups: years, months, weeks, days, hours, minutes, seconds.
const UNITS = [365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE, SECOND];
// .NET's longest time span, which Service Bus uses for "without end".
const UNLIMITED_DAYS = 10_675_199;

/** Reads an ISO 8601 duration (`PT1M`) into milliseconds; undefined if it is not one, Infinity if without end. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text);
  const parts = match?.slice(1) ?? [];
  if (parts.every((part) => part === undefined)) return undefined;
  const milliseconds = parts.reduce(
    (sum, part, index) => sum + Number(part ?? 0) * (UNITS[index] as number),
    0,
  );
  return milliseconds >= UNLIMITED_DAYS * DAY ? Infinity : milliseconds;
}
