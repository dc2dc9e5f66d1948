import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';

/** What a handler's pattern names: a binding, and the subject of its messages when it takes only those. */
export interface Pattern {
  readonly binding: string;
  readonly subject?: string;
}

/** Reads the pattern of `@MessagePattern` or `@EventPattern`: a name, or `{ binding, subject }`. */
export function parsePattern(pattern: unknown): Pattern {
  if (typeof pattern === 'string' && pattern !== '') return { binding: pattern };
  if (typeof pattern === 'object' && pattern !== null && 'binding' in pattern) {
    const { binding, subject, ...others } = pattern as Record<string, unknown>;
    if (typeof binding === 'string' && Object.keys(others).length === 0) {
      if (subject === undefined) return { binding };
      if (typeof subject === 'string') return { binding, subject };
    }
  }
  throw new ServiceBusConfigurationError([
    `pattern ${JSON.stringify(pattern)}: expected a name or { binding, subject }`,
  ]);
}
