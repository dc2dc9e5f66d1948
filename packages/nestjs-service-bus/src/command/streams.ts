/** Where a command writes: what it was asked for, and what went wrong. */
export interface Streams {
  readonly output: { write(text: string): unknown };
  readonly errors: { write(text: string): unknown };
}

/** A command of `nestjs-service-bus`; resolves to the exit code. */
export type Command = (args: readonly string[], streams: Streams) => Promise<number>;
