/** Errors whose message is all that an operator needs. */
const FOR_PEOPLE = new Set([
  'ConfigurationError',
  'SignInError',
  'VisualStudioCodePluginError',
  'StartError',
  'WorkersError',
  'ConfigError',
  'ServiceBusConfigurationError',
]);

/** Describes an error that ended the start: by its message if that is for operators, else by its stack. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return FOR_PEOPLE.has(error.name) ? error.message : (error.stack ?? error.message);
}
