/**
 * Whoever reads the log may go away, as `head` does, and a disk may be full: the lines are lost then, and the service
 * goes on. Without a listener, the error of a write would end the process.
 */
export function surviveClosedOutputs(): void {
  for (const output of [process.stdout, process.stderr]) output.on('error', ignore);
}

function ignore(): void {
  // There is nobody to tell.
}
