/** Errors whose message is all that the one who started the service needs. */
const FOR_PEOPLE = new Set([
  'ConfigurationError',
  'SignInError',
  'VisualStudioCodePluginError',
  'StartError',
  'WorkersError',
  'ConfigError',
  'ServiceBusConfigurationError',
]);

/** What is said of an error that ended the start: its message if it is for people, else with where it came from. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return FOR_PEOPLE.has(error.name) ? error.message : (error.stack ?? error.message);
}
