import { type DescribedContract } from '../contract/contract-registry.js';
import {
  type ApplicationDescription,
  type DescribedBinding,
  type DescribedClient,
} from './application-description.js';

/** A description for people: each binding with its handlers, and each option with where it comes from. */
export function describeText(description: ApplicationDescription): string {
  const { bindings, contracts, replyQueue, senders, receivers, clients } = description;
  const blocks = [...bindings.map(bindingText), ...contracts.map(contractText)];
  if (replyQueue !== undefined) blocks.push(`answers to requests: queue ${replyQueue}`);
  if (senders.length > 0) {
    blocks.push(['senders', ...senders.map(({ name, entity }) => `  ${name} → ${entity}`)].join('\n'));
  }
  if (receivers.length > 0) {
    blocks.push(['receivers', ...receivers.map(({ path }) => `  ${path.join('/')}`)].join('\n'));
  }
  blocks.push(...clients.map(clientText));
  return blocks.length === 0 ? 'no binding, contract, sender or receiver\n' : `${blocks.join('\n\n')}\n`;
}

function contractText({
  name,
  payload,
  result,
  destination,
  publishers,
  handlers,
}: DescribedContract): string {
  const goes = destination === undefined ? 'each call names where it goes' : `→ ${destination}`;
  return [
    `contract ${name}: ${payload}${result === undefined ? '' : `, answered by ${result}`} ${goes}`,
    ...publishers.map((publisher) => `  published by ${publisher}`),
    ...handlers.map((handler) => `  handled by ${handler}`),
    ...(publishers.length === 0 ? ['  no publisher here'] : []),
    ...(handlers.length === 0 ? ['  no handler here'] : []),
  ].join('\n');
}

function clientText({ name, queues, topics, replyQueue }: DescribedClient): string {
  return [
    `client ${name}`,
    ...queues.map((queue) => `  → queue ${queue}`),
    ...topics.map((topic) => `  → topic ${topic}`),
    ...(replyQueue === undefined ? [] : [`  answers: queue ${replyQueue}`]),
  ].join('\n');
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
