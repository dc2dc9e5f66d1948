export { ConfigurationError } from './configuration.error.js';
export {
  type Configuration,
  loadVariables,
  type MessageLogLevel,
  readConfiguration,
  variableNames,
} from './configuration.js';
export { type App, APPS } from './read-apps.js';
export { type Broker } from './read-broker.js';
export { type DeskSettings } from './read-desk.js';
export { type HttpSettings } from './read-http.js';
export { LOG_FORMATS, type LogFormat } from './read-log-format.js';
export { LOG_LEVELS, type LogLevel } from './read-log-level.js';
export { type Queues } from './read-queues.js';
export { type SignIn } from './read-sign-in.js';
export { type TelemetrySettings } from './read-telemetry.js';
export { type Variables } from './variable-reader.js';
