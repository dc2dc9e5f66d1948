/** Tells people what goes on, on the error output: standard output is for results. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
