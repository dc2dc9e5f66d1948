const number = new Intl.NumberFormat('en');
const UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

export function count(value: number): string {
  return number.format(value);
}

/** Messages a second. */
export function rate(value: number | undefined): string {
  if (value === undefined) return '–';
  return value >= 10 ? number.format(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
}

/** How long ago, in the largest unit that fits. */
export function age(time: string | undefined, nowMs = Date.now()): string {
  if (time === undefined) return '–';
  const seconds = Math.max(0, (nowMs - Date.parse(time)) / 1_000);
  const [size, unit] = UNITS.find(([one]) => seconds >= one) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** To the second, in the time zone of whoever looks. */
export function moment(time: string | undefined): string {
  if (time === undefined) return '–';
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function bytes(value: number): string {
  return value < 1_024 ? `${value} B` : `${(value / 1_024).toFixed(1)} KiB`;
}
