import { compilePredicate } from './compile-predicate.js';
import { compileCorrelationFilter } from './correlation-filter.js';
import { type FilteredMessage } from './values/filtered-message.js';
import { parseSqlFilter } from './sql/parse-sql-filter.js';
import { RememberedReads } from './property-reads.js';
import { type RuleFilter, type SqlFilter } from './rule.js';

/** Whether a rule lets a message through. */
export type MessageFilter = (message: FilteredMessage) => boolean;

// A filter has no use for a fresh id: whatever newid() gives, no message has it.
const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Compiles a rule's filter into a function that never throws; throws SqlSyntaxError if its expression is wrong.
 * The function must not be entered again while it runs, from `systemProperty` or `applicationProperty`.
 */
export function compileFilter(filter: RuleFilter): MessageFilter {
  switch (filter.kind) {
    case 'true':
      return () => true;
    case 'false':
      return () => false;
    case 'correlation':
      return compileCorrelationFilter(filter);
    case 'sql':
      return compileSqlFilter(filter);
  }
}

function compileSqlFilter({ expression, parameters }: SqlFilter): MessageFilter {
  const reads = new RememberedReads();
  const environment = { compileRead: reads.compile, newId: () => NO_ID };
  const test = compilePredicate(parseSqlFilter(expression, parameters), environment);
  return (message) => {
    reads.forget();
    // Unknown is not true.
    return test(message) === true;
  };
}
