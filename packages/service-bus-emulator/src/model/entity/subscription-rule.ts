import {
  compileAction,
  compileFilter,
  type FilteredMessage,
  type PropertyChanges,
  type RuleDescription,
  SqlSyntaxError,
} from '@nestjs-service-bus/rule-filter';

import { BrokerError } from '../broker-error.js';

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
