/** Notes a problem if the value is set, and is no whole number within the bounds. */
export function checkInteger(
  problems: string[],
  name: string,
  value: number | undefined,
  min: number,
  max: number,
): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && value >= min && value <= max) return;
  problems.push(`${name} is ${value}, allowed is a whole number from ${min} to ${max}`);
}
