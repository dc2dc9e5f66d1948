import { parseArgs } from 'node:util';
import { type INestApplicationContext } from '@nestjs/common';

import { DEFAULT_CONNECTION, nameConnection, unknownConnection } from '../binding/connection-name.js';
import { accessOf } from '../describe/access-of.js';
import { type ApplicationDescription } from '../describe/application-description.js';
import { describeApplication } from '../describe/describe-application.js';
import { describeJson } from '../describe/describe-json.js';
import { describeMermaid } from '../describe/describe-mermaid.js';
import { describeText } from '../describe/describe-text.js';
import { type ServiceBusNamespace } from '../service-bus.namespace.js';
import { ServiceBusNamespaces } from '../service-bus.namespaces.js';
import { namespaceHost } from '../service-bus-options.js';
import { applyTopology } from '../topology/administration/apply-topology.js';
import { NamespaceAdministration } from '../topology/administration/namespace-administration.js';
import { toAzCommands } from '../topology/export/az-commands.js';
import { toBicep } from '../topology/export/bicep.js';
import { toRoleAssignments } from '../topology/export/role-assignments.js';
import { toConfigJson } from '../topology/export/config-json.js';
import { toScaledObject } from '../topology/export/keda.js';
import { toTerraform } from '../topology/export/terraform.js';
import {
  type Change,
  describeChange,
  isDestructive,
  planTopology,
  remedyFor,
} from '../topology/model/plan.js';
import { CommandError } from './command-error.js';
import { loadApplication } from './load-application.js';
import { type Streams } from './streams.js';

export const TOPOLOGY_USAGE = `nestjs-service-bus topology <what> <file> [options]

  <file> exports the application's root module, as JavaScript or TypeScript.

  describe            bindings, handlers, options and entities; asks no broker
    --format          text (default), json or mermaid
  plan                what apply would do
  verify              the same, and exit code 2 if there is something
  apply               makes what is missing, changes what differs
    --delete          also makes anew what cannot be changed, and removes undeclared rules
  export              for those who deploy
    --format          bicep (default), terraform, az, config, keda or roles
    --name            keda: the Deployment's name (default: app); --namespace: that of Service Bus

  --export            the name of the root module, where the file exports several
  --connection        the name of the forRoot that is meant, or default for the one without; else each in turn, but one
                      at a time for export and for the formats json and mermaid
`;

/** `topology …`: exit code 0, 2 where the namespace is not as it is wanted. */
export async function runTopology(
  args: readonly string[],
  streams: Streams,
  load = loadApplication,
): Promise<number> {
  const { values, positionals } = readArguments(args);
  const [what = '', file] = positionals;
  const action = ACTIONS[what];
  if (!action && what !== '')
    throw new CommandError(`topology ${what} is not known, known are ${Object.keys(ACTIONS).join(', ')}`);
  if (!action || file === undefined || positionals.length > 2)
    throw new CommandError(TOPOLOGY_USAGE.trimEnd());
  const app = await load(file, { exportName: values.export });
  try {
    const namespaces = namespacesOf(app, values.connection);
    if (namespaces.length > 1 && isOneDocument(what, values)) throw whichOne(namespaces);
    const codes: number[] = [];
    for (const namespace of namespaces) {
      if (namespaces.length > 1) streams.output.write(`${heading(namespace, codes.length === 0)}\n`);
      const description = describeApplication(app, namespace.name ?? DEFAULT_CONNECTION);
      codes.push(await action({ namespace, description, values, streams }));
    }
    return Math.max(0, ...codes);
  } finally {
    await app.close();
  }
}

/** All of an application, or the one of this name. */
function namespacesOf(app: INestApplicationContext, connection: string | undefined): ServiceBusNamespace[] {
  const all = [...app.get(ServiceBusNamespaces, { strict: false })];
  if (connection === undefined) return all;
  const name = connection === DEFAULT_CONNECTION ? undefined : connection;
  const found = all.filter((namespace) => namespace.name === name);
  if (found.length > 0) return found;
  const known = all.map((namespace) => namespace.name);
  throw new CommandError(unknownConnection('--connection', name, known));
}

/** What is printed would be no Bicep, and no JSON, twice in a row. */
function isOneDocument(what: string, { format = 'text' }: Values): boolean {
  return what === 'export' || (what === 'describe' && format !== 'text');
}

function whichOne(namespaces: readonly ServiceBusNamespace[]): CommandError {
  const names = namespaces.map(({ name }) => `--connection ${name ?? DEFAULT_CONNECTION}`).join(' or ');
  return new CommandError(`the application has ${namespaces.length} namespaces: add ${names}`);
}

function heading({ name, options }: ServiceBusNamespace, isFirst: boolean): string {
  return `${isFirst ? '' : '\n'}# ${nameConnection(name)}, ${namespaceHost(options)}`;
}

interface Values {
  readonly format?: string;
  readonly export?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly connection?: string;
  readonly delete?: boolean;
}

interface Call {
  readonly namespace: ServiceBusNamespace;
  readonly description: ApplicationDescription;
  readonly values: Values;
  readonly streams: Streams;
}

const ACTIONS: Readonly<Record<string, (call: Call) => Promise<number> | number>> = {
  describe: ({ description, values: { format = 'text' }, streams }) =>
    print(streams, format, {
      text: () => describeText(description),
      json: () => toJson(describeJson(description)),
      mermaid: () => describeMermaid(description),
    }),
  plan: async (call) => {
    tell(call.streams, await planOf(call), 'nothing to do');
    return 0;
  },
  verify: async (call) => {
    const plan = await planOf(call);
    tell(call.streams, plan, 'the namespace is as it is wanted');
    if (plan.length === 0) return 0;
    call.streams.errors.write(
      `${plan.length} to set right: ${[...new Set(plan.map(remedyFor))].join('; ')}\n`,
    );
    return 2;
  },
  apply: async ({ namespace, description, values, streams }) => {
    const performed = (change: Change): unknown => streams.output.write(`${describeChange(change)}\n`);
    const options = {
      mayDelete: values.delete === true,
      performed: (change: Change) => void performed(change),
    };
    const { done, left } = await applyTopology(administrationOf(namespace), description.topology, options);
    if (done.length === 0 && left.length === 0) streams.output.write('nothing to do\n');
    for (const change of left) {
      const remedy = isDestructive(change) ? 'it takes --delete' : remedyFor(change);
      streams.errors.write(`${describeChange(change)} (not done: ${remedy})\n`);
    }
    return left.length === 0 ? 0 : 2;
  },
  export: ({ description, values, streams }) => {
    const { format = 'bicep', name = 'app', namespace = 'set-by-the-overlay' } = values;
    const { topology } = description;
    return print(streams, format, {
      bicep: () => toBicep(topology),
      terraform: () => toTerraform(topology),
      az: () => toAzCommands(topology),
      config: () => toJson(toConfigJson(topology)),
      // [YAML] JSON is a part of it.
      keda: () => toJson(toScaledObject(accessOf(description), { deployment: name, namespace })),
      roles: () => toRoleAssignments(accessOf(description), topology),
    });
  },
};

async function planOf({ namespace, description: { topology } }: Call): Promise<Change[]> {
  return planTopology(topology, await administrationOf(namespace).read(topology));
}

function administrationOf({ administrationClient, options }: ServiceBusNamespace): NamespaceAdministration {
  return new NamespaceAdministration(administrationClient, namespaceHost(options));
}

function tell({ output }: Streams, plan: readonly Change[], nothing: string): void {
  const lines = plan.length === 0 ? [nothing] : plan.map(describeChange);
  output.write(`${lines.join('\n')}\n`);
}

function print({ output }: Streams, format: string, forms: Readonly<Record<string, () => string>>): number {
  const form = forms[format];
  if (!form)
    throw new CommandError(`--format ${format} is not known, known are ${Object.keys(forms).join(', ')}`);
  output.write(form());
  return 0;
}

function toJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function readArguments(args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    const text = { type: 'string' } as const;
    const options = {
      format: text,
      export: text,
      name: text,
      namespace: text,
      connection: text,
      delete: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${TOPOLOGY_USAGE.trimEnd()}`);
  }
}
