import { type Command } from 'commander';

import { type CommandContext, type Run } from './context.js';

const PROGRAM = 'service-bus-desk';

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_service_bus_desk() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(${PROGRAM} __complete "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _service_bus_desk ${PROGRAM}
`,
  zsh: `#compdef ${PROGRAM}
_service_bus_desk() {
  local -a found
  found=(\${(f)"$(${PROGRAM} __complete \${words[2,CURRENT-1]} 2>/dev/null)"})
  compadd -a found
}
compdef _service_bus_desk ${PROGRAM}
`,
  fish: `complete -c ${PROGRAM} -a '(${PROGRAM} __complete (commandline -opc)[2..] 2>/dev/null)'
`,
};

/** Adds `completion`, and what the scripts that it prints ask for. */
export function addCompletion(program: Command, run: Run, print: (text: string) => void): void {
  const completion = program
    .command('completion')
    .description('prints a script that completes commands and names');
  for (const [shell, script] of Object.entries(SCRIPTS)) {
    completion
      .command(shell)
      .description(`for ${shell}`)
      .action(() => print(script));
  }
  program
    .command('__complete [words...]', { hidden: true })
    .allowUnknownOption()
    .action((words: string[], _: object, command: Command) => {
      const reached = follow(program, words);
      if (reached.commands.length > 0) {
        print(
          wordsOf(reached)
            .map((word) => `${word}\n`)
            .join(''),
        );
        return undefined;
      }
      print(
        optionsOf(reached)
          .map((word) => `${word}\n`)
          .join(''),
      );
      return run(command, printNames);
    });
}

async function printNames({ desk, output, surroundings: { signal } }: CommandContext): Promise<void> {
  for await (const { entity } of desk.entities(signal)) await output.line(entity);
}

function follow(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next) command = next;
  }
  return command;
}

function wordsOf(command: Command): string[] {
  return [
    ...command.commands.map((one) => one.name()).filter((name) => !name.startsWith('_')),
    ...optionsOf(command),
  ];
}

function optionsOf(command: Command): string[] {
  return command.options.flatMap(({ long }) => (long ? [long] : []));
}
