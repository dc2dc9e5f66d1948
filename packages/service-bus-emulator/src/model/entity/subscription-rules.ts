import { type FilteredMessage, type RuleDescription } from '@nestjs-service-bus/rule-filter';

import { BrokerError, entityAlreadyExists } from '../broker-error.js';
import { type RuleOptions } from './entity-description.js';
import { type MessageContent } from '../queue/message-content.js';
import { Rule } from './subscription-rule.js';
import { validateName } from './validate-name.js';

/** The result of evaluating the rules on one message. */
export interface Copies {
  readonly contents: readonly MessageContent[];
  /** Why a rule could not be evaluated; undefined if all could. */
  readonly problem: string | undefined;
}

/** The rules of one subscription; it takes a message if any of them matches. */
export class SubscriptionRules {
  /** By name in lower case. */
  readonly byKey = new Map<string, Rule>();

  constructor(
    readonly address: string,
    private readonly newId: () => string,
    descriptions: readonly RuleDescription[],
  ) {
    for (const description of descriptions) this.add(description);
  }

  descriptions(): RuleDescription[] {
    return Array.from(this.byKey.values(), ({ description }) => description);
  }

  /** @throws BrokerError entity-already-exists, argument-error */
  add(description: RuleDescription): Rule {
    const key = description.name.toLowerCase();
    if (this.byKey.has(key)) throw entityAlreadyExists(this.#addressOf(description.name));
    validateName(description.name, 'rule');
    const rule = new Rule(description, this.newId);
    this.byKey.set(key, rule);
    return rule;
  }

  /** @throws BrokerError entity-not-found, argument-error */
  replace(options: RuleOptions): Rule {
    const key = options.name.toLowerCase();
    const present = this.byKey.get(key);
    if (!present) throw this.#notFound(options.name);
    const { name, createdAtMs } = present.description;
    const rule = new Rule({ ...options, name, createdAtMs }, this.newId);
    this.byKey.set(key, rule);
    return rule;
  }

  /** @throws BrokerError entity-not-found */
  remove(name: string): void {
    if (!this.byKey.delete(name.toLowerCase())) throw this.#notFound(name);
  }

  /** Returns the copies of a message that the rules ask for. */
  copies(content: MessageContent, subject: FilteredMessage): Copies {
    const contents: MessageContent[] = [];
    let isPlain = false;
    let problem: string | undefined;
    for (const { matches, action } of this.byKey.values()) {
      try {
        if (!matches(subject)) continue;
        if (action) contents.push(content.withProperties(action(subject)));
        else isPlain = true;
      } catch (error) {
        // A message whose properties cannot be parsed must not fail the other messages of its batch.
        problem ??= error instanceof Error ? error.message : String(error);
      }
    }
    if (isPlain) contents.push(content);
    return { contents, problem };
  }

  #notFound(name: string): BrokerError {
    return new BrokerError(
      'com.microsoft:entity-not-found',
      `The messaging entity '${this.#addressOf(name)}' could not be found.`,
    );
  }

  #addressOf(name: string): string {
    return `${this.address}/Rules/${name}`;
  }
}
