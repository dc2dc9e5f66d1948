export { createLogger } from './create-logger.js';
export { messageLines } from './message-lines.js';
export { logRequests } from './log-requests.js';
export { type ServiceLogger } from './service-logger.js';
