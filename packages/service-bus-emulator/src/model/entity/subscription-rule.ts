import { BrokerError } from '../broker-error.js';
import { compileAction } from '../filter/compile-action.js';
import { compileFilter } from '../filter/compile-filter.js';
import { type FilterSubject } from '../filter/values/filter-subject.js';
import { type RuleDescription } from '../filter/rule.js';
import { SqlSyntaxError } from '../filter/sql/sql-syntax-error.js';
import { type PropertyChanges } from '../filter/values/property-value.js';

/** A rule of a subscription, ready to be evaluated. */
export class Rule {
  readonly matches: (message: FilterSubject) => boolean;
  /** What the rule's action changes on the copies it makes; undefined for a rule without one. */
  readonly action: ((message: FilterSubject) => PropertyChanges) | undefined;

  /** @throws BrokerError argument-error if an expression is not understood; the text says where */
  constructor(
    readonly description: RuleDescription,
    newId: () => string,
  ) {
    try {
      this.matches = compileFilter(description.filter);
      this.action = description.action && compileAction(description.action, newId);
    } catch (error) {
      if (error instanceof SqlSyntaxError)
        throw new BrokerError('com.microsoft:argument-error', error.message);
      throw error;
    }
  }
}
