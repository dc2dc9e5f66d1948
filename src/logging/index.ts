export { createLogger } from './create-logger.js';
export { logRequests } from './log-requests.js';
export { type ServiceLogger } from './service-logger.js';
