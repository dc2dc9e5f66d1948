/** The module, a binding or a handler is set up wrongly: thrown at start, one line per problem. */
export class ServiceBusConfigurationError extends Error {
  override readonly name = 'ServiceBusConfigurationError';

  constructor(
    /** The lines of `message`: what is wrong, and what to do about it. */
    readonly problems: readonly string[],
  ) {
    super(problems.join('\n'));
  }
}
