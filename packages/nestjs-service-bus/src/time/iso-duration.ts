const LENGTHS_MS = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1_000 };
// .NET's longest time span, by which Service Bus says "for ever".
const FOREVER_MS = 10_675_199 * LENGTHS_MS.D;

/**
 * Reads a duration as Service Bus writes it (`PT5M`, `P14D`), in milliseconds: Infinity where it means "for ever",
 * undefined where it is none. [ISO 8601] Years and months are refused: nobody knows how long they are.
 */
export function isoDurationMs(text: string): number | undefined {
  const match = /^P(?=\d|T\d)(?:([\d.]+)D)?(?:T(?=\d)(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/.exec(
    text,
  );
  if (!match) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  const total =
    (days ?? 0) * LENGTHS_MS.D +
    (hours ?? 0) * LENGTHS_MS.H +
    (minutes ?? 0) * LENGTHS_MS.M +
    (seconds ?? 0) * LENGTHS_MS.S;
  if (Number.isNaN(total)) return undefined;
  return total >= FOREVER_MS ? Infinity : total;
}
