import { BrokerError } from '../broker-error.js';
import { compileAction } from '../filter/compile-action.js';
import { compileFilter } from '../filter/compile-filter.js';
import { type FilteredMessage } from '../filter/values/filtered-message.js';
import { type RuleDescription } from '../filter/rule.js';
import { SqlSyntaxError } from '../filter/sql/sql-syntax-error.js';
import { type PropertyChanges } from '../filter/values/property-value.js';

/** A rule of a subscription, ready to be evaluated. */
export class Rule {
  readonly matches: (message: FilteredMessage) => boolean;
  /** Computes what the rule's action changes in a copy; undefined for a rule without an action. */
  readonly action: ((message: FilteredMessage) => PropertyChanges) | undefined;

  /** @throws BrokerError argument-error for an invalid expression; the message says where */
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
