import { type ApplicationDescription, type DescribedBinding } from './describe-application.js';

/** A description for people: each binding with its handlers, and each option with where it comes from. */
export function describeText({ bindings, senders, receivers }: ApplicationDescription): string {
  const blocks = bindings.map(bindingText);
  if (senders.length > 0) {
    blocks.push(['senders', ...senders.map(({ name, entity }) => `  ${name} → ${entity}`)].join('\n'));
  }
  if (receivers.length > 0) {
    blocks.push(['receivers', ...receivers.map((entity) => `  ${entity.join('/')}`)].join('\n'));
  }
  return blocks.length === 0 ? 'no binding, sender or receiver\n' : `${blocks.join('\n\n')}\n`;
}

function bindingText({ pattern, entity, replyTo, handlers, options }: DescribedBinding): string {
  const reads =
    entity.kind === 'queue' ? `queue ${entity.name}` : `subscription ${entity.topic}/${entity.name}`;
  const width = Math.max(...options.map(({ name }) => name.length));
  return [
    `${pattern}: ${reads}${replyTo === undefined ? '' : ` → ${replyTo}`}`,
    ...handlers.map(({ name, subject, isEvent }) => {
      const takes = subject === undefined ? '' : ` takes subject "${subject}"`;
      return `  ${name}${takes}${isEvent ? ' (event)' : ''}`;
    }),
    ...(handlers.length === 0 ? ['  no handler'] : []),
    ...options.map(
      ({ name, value, from }) => `    ${name.padEnd(width)}  ${JSON.stringify(value)}  (${from})`,
    ),
  ].join('\n');
}
