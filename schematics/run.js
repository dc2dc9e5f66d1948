// npm run new:app -- invoices
import { NodeWorkflow } from '@angular-devkit/schematics/tools/index.js';
import path from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '..');
const FOR_PEOPLE = new Set(['NewAppError', 'AnchorError']);
const HELP = `Makes a new app: a handler with its queues, tests, configuration and deployment.

  npm run new:app -- <name> [--dry-run]

  <name>      what the app is called, in kebab-case: invoices, purchase-orders
  --dry-run   only says what would be made and changed
  --help      this text
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  let options;
  try {
    options = parseArgs({
      args,
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    return fail(error.message.split('. ')[0]);
  }
  const { values, positionals } = options;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) return fail('one name is needed');
  return make(name, values['dry-run'] === true);
}

async function make(name, dryRun) {
  process.chdir(ROOT);
  const workflow = new NodeWorkflow(ROOT, { dryRun, resolvePaths: [ROOT] });
  const done = [];
  workflow.reporter.subscribe(({ kind, path: file }) =>
    done.push(`${kind === 'create' ? 'CREATE' : 'UPDATE'} ${file.replace(/^\//, '')}\n`),
  );
  try {
    await new Promise((resolve, reject) => {
      workflow
        .execute({
          collection: path.join(import.meta.dirname, 'collection.json'),
          schematic: 'app',
          options: { name },
        })
        .subscribe({ complete: resolve, error: reject });
    });
  } catch (error) {
    if (!(error instanceof Error) || !FOR_PEOPLE.has(error.name)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  const ending = dryRun ? '\nThis was a dry run: nothing was written.\n' : nextSteps(name);
  process.stdout.write(done.sort().join('') + ending);
  return 0;
}

function fail(problem) {
  process.stderr.write(`${problem}\n\n${HELP}`);
  return 1;
}

function nextSteps(name) {
  const commands = {
    [`npm test -- ${name}`]: 'its tests',
    [`APPS=${name} npm start`]: `runs it alone, on ${name}-in and ${name}-out`,
    'npm run export:deploy': "takes a change of its handler's options into Config.json and deploy/",
  };
  const width = Math.max(...Object.keys(commands).map(({ length }) => length)) + 4;
  const lines = Object.entries(commands).map(([command, effect]) => `  ${command.padEnd(width)}${effect}\n`);
  return `\nNext:\n${lines.join('')}  src/${name}/${name}.service.ts is where its work is done; docs/new-app.md has more.\n`;
}
