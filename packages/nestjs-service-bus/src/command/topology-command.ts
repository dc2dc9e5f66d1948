import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { parseArgs } from 'node:util';
import { type INestApplicationContext } from '@nestjs/common';

import { accessOf } from '../describe/access-of.js';
import { type ApplicationDescription } from '../describe/application-description.js';
import { describeApplication } from '../describe/describe-application.js';
import { describeJson } from '../describe/describe-json.js';
import { describeMermaid } from '../describe/describe-mermaid.js';
import { describeText } from '../describe/describe-text.js';
import { MODULE_OPTIONS_TOKEN } from '../service-bus.module-definition.js';
import { namespaceHost, type ServiceBusModuleOptions } from '../service-bus-options.js';
import { applyTopology } from '../topology/administration/apply-topology.js';
import { NamespaceAdministration } from '../topology/administration/namespace-administration.js';
import { toAzCommands } from '../topology/export/az-commands.js';
import { toBicep } from '../topology/export/bicep.js';
import { toRoleAssignments } from '../topology/export/role-assignments.js';
import { toConfigJson } from '../topology/export/config-json.js';
import { toScaledObject } from '../topology/export/keda.js';
import { toTerraform } from '../topology/export/terraform.js';
import { type Change, describeChange, planTopology } from '../topology/model/plan.js';
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
  if (!action || file === undefined || positionals.length > 2)
    throw new CommandError(TOPOLOGY_USAGE.trimEnd());
  const app = await load(file, { exportName: values.export });
  try {
    const description = describeApplication(app);
    return await action({ app, description, values, streams });
  } finally {
    await app.close();
  }
}

interface Values {
  readonly format?: string;
  readonly export?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly delete?: boolean;
}

interface Call {
  readonly app: INestApplicationContext;
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
    return plan.length === 0 ? 0 : 2;
  },
  apply: async ({ app, description, values, streams }) => {
    const performed = (change: Change): unknown => streams.output.write(`${describeChange(change)}\n`);
    const options = {
      mayDelete: values.delete === true,
      performed: (change: Change) => void performed(change),
    };
    const { done, left } = await applyTopology(administrationOf(app), description.topology, options);
    if (done.length === 0 && left.length === 0) streams.output.write('nothing to do\n');
    for (const change of left) {
      const remedy = ['recreate', 'delete'].includes(change.action)
        ? ' (not done: it takes --delete)'
        : ' (not done)';
      streams.errors.write(`${describeChange(change)}${remedy}\n`);
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

async function planOf({ app, description: { topology } }: Call): Promise<Change[]> {
  return planTopology(topology, await administrationOf(app).read(topology));
}

function administrationOf(app: INestApplicationContext): NamespaceAdministration {
  const options = app.get<ServiceBusModuleOptions>(MODULE_OPTIONS_TOKEN, { strict: false });
  return new NamespaceAdministration(
    app.get(ServiceBusAdministrationClient, { strict: false }),
    namespaceHost(options),
  );
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
      delete: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${TOPOLOGY_USAGE.trimEnd()}`);
  }
}
