export { compileAction } from './compile-action.js';
export { compileFilter, type MessageFilter } from './compile-filter.js';
export {
  type CorrelationFilter,
  type RuleAction,
  type RuleDescription,
  type RuleFilter,
  type SqlFilter,
} from './rule.js';
export { SqlSyntaxError } from './sql/sql-syntax-error.js';
export { type FilteredMessage, type ReadableSystemProperty } from './values/filtered-message.js';
export { type PropertyChanges, type PropertyValue, type SystemProperty } from './values/property-value.js';
