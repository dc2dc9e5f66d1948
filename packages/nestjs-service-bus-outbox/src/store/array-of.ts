/** PostgreSQL's text form of an array of numbers; every client passes texts on unharmed. */
export function arrayOf(numbers: readonly (number | bigint | string)[]): string {
  return `{${numbers.join(',')}}`;
}
