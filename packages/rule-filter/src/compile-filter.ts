import { compilePredicate } from './compile-predicate.js';
import { compileCorrelationFilter } from './correlation-filter.js';
import { type FilteredMessage } from './values/filtered-message.js';
import { parseSqlFilter } from './sql/parse-sql-filter.js';
import { RememberedReads } from './property-reads.js';
import { type RuleFilter, type SqlFilter } from './rule.js';

/** Tells whether a rule matches a message. */
export type MessageFilter = (message: FilteredMessage) => boolean;

// A filter needs no fresh id: whatever newid() returns, no message has it.
const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Compiles a rule's filter to a function that never throws. Throws SqlSyntaxError for an invalid expression.
 * The function is not reentrant: `systemProperty` and `applicationProperty` must not call it.
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
    // Unknown does not match.
    return test(message) === true;
  };
}
