import { type PropertyChanges } from './values/property-value.js';
import { ChangedMessage } from './changed-message.js';
import { compileValue, type Environment } from './compile-value.js';
import { type FilteredMessage } from './values/filtered-message.js';
import { parseSqlAction, type Statement } from './sql/parse-sql-action.js';
import { compileDirectRead } from './property-reads.js';
import { type RuleAction } from './rule.js';

/** Returns the changes that a rule's action makes to a message. */
export type MessageAction = (message: FilteredMessage) => PropertyChanges;

/** Compiles a rule's action to a function that never throws. Throws SqlSyntaxError for an invalid expression. */
export function compileAction(action: RuleAction, newId: () => string): MessageAction {
  const environment = { compileRead: compileDirectRead, newId };
  const steps = parseSqlAction(action.expression, action.parameters).map((statement) =>
    compileStatement(statement, environment),
  );
  return (message) => {
    const changed = new ChangedMessage(message);
    for (const step of steps) step(changed);
    return changed.changes();
  };
}

function compileStatement(
  { target, value }: Statement,
  environment: Environment,
): (message: ChangedMessage) => void {
  const read = value ? compileValue(value, environment).read : () => null;
  if (target.scope === 'sys') return (message) => message.setSystemProperty(target.name, read(message));
  return (message) => message.setApplicationProperty(target.name, read(message));
}
