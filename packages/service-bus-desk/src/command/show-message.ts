import { viewBody } from '../message/body.js';
import { type DeskMessage } from '../message/desk-message.js';
import { fieldsOf } from '../message/message-json.js';
import { oneLine, printable } from '../message/printable.js';
import { toJson } from '../message/to-json.js';
import { type Output } from './streams.js';

/** Shown apart, below. */
const REDRIVE_STACK = 'redrive-stack';
const APART = new Set(['DeadLetterReason', 'DeadLetterErrorDescription', 'dead-letter-stack', REDRIVE_STACK]);

/** Shows everything of a message to people. */
export async function showMessage(output: Output, message: DeskMessage): Promise<void> {
  const fields = Object.entries(fieldsOf(message)).filter(([, value]) => value !== undefined);
  const width = Math.max(...fields.map(([name]) => name.length));
  for (const [name, value] of fields) {
    await output.line(`${output.style('bold', name.padEnd(width))}  ${oneLine(String(value))}`);
  }
  const properties = message.applicationProperties.filter(({ name }) => !APART.has(name));
  if (properties.length > 0) {
    await output.line();
    const rows = properties.map(({ name, type, value }) => {
      const json = toJson(value);
      return [oneLine(name), type, oneLine(typeof json === 'string' ? json : JSON.stringify(json))];
    });
    await output.table(['property', 'type', 'value'], rows);
  }
  await output.line();
  await output.line(output.style('bold', `body (${message.body.kind}, ${message.body.type})`));
  await output.line(bodyText(message));
  await showStack(output, 'error', message.stack ?? message.deadLetterDescription);
  await showStack(output, 'error of the last redrive', message.applicationProperty(REDRIVE_STACK));
}

async function showStack(output: Output, title: string, stack: unknown): Promise<void> {
  if (typeof stack !== 'string') return;
  await output.line();
  await output.line(output.style('bold', title));
  await output.line(printable(stack));
}

function bodyText({ body }: DeskMessage): string {
  const view = viewBody(body);
  switch (view.form) {
    case 'json':
      return printable(JSON.stringify(view.json, undefined, 2));
    case 'text':
      return printable(view.text);
    case 'hex':
      return (view.hex.match(/.{1,64}/g) ?? []).join('\n');
    case 'none':
      return '(none)';
  }
}
