/** The module, a binding or a handler is set up wrongly: thrown at start, one line per problem. */
export class ServiceBusConfigurationError extends Error {
  override readonly name = 'ServiceBusConfigurationError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
