import { describeError } from '../exceptions/describe-error.js';
import { loadApplication } from './load-application.js';
import { MESSAGES_USAGE, runAsyncApi, runContract } from './messages-commands.js';
import { type Command, type Streams } from './streams.js';
import { runTopology, TOPOLOGY_USAGE } from './topology-command.js';

const COMMANDS: Readonly<Record<string, Command>> = {
  topology: (args, streams) => runTopology(args, streams),
  asyncapi: (args, streams) => runAsyncApi(args, streams, loadApplication),
  contract: (args, streams) => runContract(args, streams, loadApplication),
};
// Errors whose message is all that somebody needs.
const FOR_PEOPLE = new Set(['CommandError', 'ServiceBusConfigurationError', 'TopologyError']);

/** Runs a command of `nestjs-service-bus`; resolves to the exit code: 1 where it cannot go on. */
export async function runCommand(args: readonly string[], streams: Streams): Promise<number> {
  const [name = '', ...rest] = args;
  if (['', '--help', '-h', 'help'].includes(name)) {
    streams.output.write(`${TOPOLOGY_USAGE}\n${MESSAGES_USAGE}`);
    return 0;
  }
  const command = COMMANDS[name];
  try {
    if (command) return await command(rest, streams);
    streams.errors.write(`${name} is no command, known are ${Object.keys(COMMANDS).join(', ')}\n`);
  } catch (error) {
    const isForPeople = error instanceof Error && FOR_PEOPLE.has(error.name);
    streams.errors.write(`${isForPeople ? error.message : describeError(error)}\n`);
  }
  return 1;
}
