/** An error's own name, or its class's where nobody set one. */
export function errorName(error: Error): string {
  return error.name !== 'Error' || error.constructor === Object ? error.name : error.constructor.name;
}

/** An error in one line, for a log. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${errorName(error)}: ${error.message}` : describeThrown(error);
}

/** What was thrown without being an Error, in one line. */
export function describeThrown(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    if (typeof thrown.message === 'string') return thrown.message;
  }
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}
