import { BrokerError } from '../broker-error.js';
import { type RuleOptions } from './entity-description.js';
import { type FilterSubject } from '../filter/values/filter-subject.js';
import { type RuleDescription } from '../filter/rule.js';
import { type MessageContent } from '../queue/message-content.js';
import { Rule } from './subscription-rule.js';
import { validateName } from './validate-name.js';

/** What rules made of one message. */
export interface Copies {
  readonly contents: readonly MessageContent[];
  /** What went wrong while a rule was evaluated. */
  readonly problem: string | undefined;
}

/** The rules of one subscription; any of them lets a message through. */
export class SubscriptionRules {
  /** By lower-cased name. */
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
    if (this.byKey.has(key)) {
      throw new BrokerError(
        'com.microsoft:entity-already-exists',
        `The rule '${description.name}' already exists.`,
      );
    }
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

  /** The copies of a message that the rules make, and what happened to a rule that could not be evaluated. */
  copies(content: MessageContent, subject: FilterSubject): Copies {
    const contents: MessageContent[] = [];
    let isPlain = false;
    let problem: string | undefined;
    for (const { matches, action } of this.byKey.values()) {
      try {
        if (!matches(subject)) continue;
        if (action) contents.push(content.withProperties(action(subject)));
        else isPlain = true;
      } catch (error) {
        // A message whose properties cannot be read must not keep others from being taken in.
        problem ??= error instanceof Error ? error.message : String(error);
      }
    }
    if (isPlain) contents.push(content);
    return { contents, problem };
  }

  #notFound(name: string): BrokerError {
    return new BrokerError(
      'com.microsoft:entity-not-found',
      `The messaging entity '${this.address}/Rules/${name}' could not be found.`,
    );
  }
}
