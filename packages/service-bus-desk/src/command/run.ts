import { Command, CommanderError } from 'commander';

import { addCompletion } from './completion.js';
import { type Run } from './context.js';
import { addDeadLetters } from './dead-letters.js';
import { describeError } from '../describe-error.js';
import { ExitCode, exitCodeOf } from './exit-code.js';
import { addMessages } from './messages.js';
import { openDesk } from './open-desk.js';
import { addQueues } from './queues.js';
import { addPage } from './page.js';
import { Output, type Surroundings } from './streams.js';

const ENVIRONMENT = `
Environment:
  SB_CONNECTION                 a connection string of the namespace or of one entity, or
  SERVICE_BUS_NAMESPACE         name.servicebus.windows.net: signs in by Entra ID (needs @azure/identity)
  SB_ADMINISTRATION_CONNECTION  for counts and names, where they are reached by another port
  DESK_SERVICE, DESK_KEY        the service whose handlers redrive, and its API key or token
  NO_COLOR                      no colours

Exit codes: 0 done, 1 failed, 2 wrong use, 3 the first messages did not succeed and the others were left alone,
4 some messages stayed where they were, 130 interrupted.`;

/** Runs the command line, and resolves with its exit code. */
export async function runCommand(
  args: readonly string[],
  version: string,
  surroundings: Surroundings,
): Promise<number> {
  let exitCode: number = ExitCode.done;
  const alone: Run['alone'] = async (command, work) => {
    const { json } = command.optsWithGlobals<{ json?: boolean }>();
    const output = new Output(surroundings, json === true);
    exitCode = (await work({ output, surroundings })) ?? ExitCode.done;
  };
  const withDesk = (...[command, work]: Parameters<Run>): Promise<void> =>
    alone(command, async (context) => {
      const desk = await openDesk(surroundings);
      try {
        return await work({ desk, ...context });
      } finally {
        await desk.close().catch(() => undefined);
      }
    });
  const run: Run = Object.assign(withDesk, { alone });
  const program = buildProgram(version, surroundings, run);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.wrongUse;
    if (surroundings.signal.aborted) {
      surroundings.errors.write('interrupted: what was held is given back\n');
      return ExitCode.interrupted;
    }
    surroundings.errors.write(`service-bus-desk: ${describeError(error)}\n`);
    return exitCodeOf(error);
  }
}

function buildProgram(version: string, { output, errors }: Surroundings, run: Run): Command {
  const program = new Command('service-bus-desk')
    .description('Dead letters, queues and messages of Azure Service Bus, or of an emulator.')
    .version(version)
    .option('--json', 'JSON instead of text, a line for each')
    .addHelpText('after', ENVIRONMENT)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void output.write(text),
      writeErr: (text) => void errors.write(text),
    });
  addDeadLetters(program, run);
  addQueues(program, run);
  addMessages(program, run);
  addPage(program, run);
  addCompletion(program, run, (text) => void output.write(text));
  inherit(program);
  return program;
}

/** Commands that are added by a name do not have the settings of the program by themselves. */
function inherit(command: Command): void {
  for (const one of command.commands) {
    one.copyInheritedSettings(command);
    if (one.commands.length === 0 && !one.options.some(({ long }) => long === '--json')) {
      one.option('--json', 'JSON instead of text, a line for each');
    }
    inherit(one);
  }
}
