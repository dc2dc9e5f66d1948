/** Reports progress on standard error: standard output is reserved for results. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
