// npm run export:deploy
import 'reflect-metadata';

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { format, resolveConfig } from 'prettier';
import { isMap, isSeq, parseDocument } from 'yaml';

import { type AppSettings, apps, AZURE, type Queue, queues } from './azure-files.js';
import {
  type ConfigJson,
  type DeclaredApp,
  declaredDeployment,
  type Trigger,
} from './declared-deployment.js';

/** As the others without HTTP have it. */
const NEW_APP = { minReplicas: 1, maxReplicas: 20, ingress: false };

/** What KEDA calls a trigger on a queue's or a subscription's length. */
const OURS = 'azure-servicebus';
const FOR_PEOPLE = new Set(['DeclaredDeploymentError', 'ServiceBusConfigurationError']);

try {
  const changed = await exportDeclared();
  process.stdout.write(changed.map((file) => `UPDATE ${file}\n`).join('') || 'nothing to write\n');
} catch (error) {
  if (!(error instanceof Error && FOR_PEOPLE.has(error.name))) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** Writes what the code declares into the files of the deployment that say otherwise, and returns these. */
async function exportDeclared(): Promise<string[]> {
  const declared = await declaredDeployment();
  const changed: string[] = [];
  const write = async (file: string, text: string): Promise<void> => {
    const formatted = await format(text, { ...(await resolveConfig(file)), filepath: file });
    if (formatted === readFileSync(file, 'utf8')) return;
    writeFileSync(file, formatted);
    changed.push(file);
  };
  const settings = declared.apps.map((app) => settingsOf(app));
  const nameOf = ({ name }: Queue): string => name;
  await write('Config.json', toJson(inOrderOfConfig(declared.config)));
  await write(path.join(AZURE, 'queues.json'), toJson(inOrder(declared.queues, nameOf, queues.map(nameOf))));
  await write(path.join(AZURE, 'apps.json'), toJson(settings));
  for (const app of declared.apps) {
    const file = path.join('deploy', 'kubernetes', 'base', app.name, 'scaled-object.yaml');
    if (existsSync(file)) await write(file, withTriggers(readFileSync(file, 'utf8'), app));
  }
  return changed;
}

/** How many replicas there are, and whether somebody may call them, is the deployment's to say. */
function settingsOf(declared: DeclaredApp): AppSettings {
  const { name, receivesFrom, sendsTo, scalesOn, messagesPerReplica } = declared;
  const { minReplicas, maxReplicas, ingress } = apps.find((app) => app.name === name) ?? NEW_APP;
  return {
    name,
    receivesFrom,
    sendsTo,
    scalesOn,
    messagesPerReplica,
    minReplicas,
    maxReplicas,
    ingress,
  };
}

function inOrderOfConfig({ UserConfig }: ConfigJson): object {
  const before = JSON.parse(readFileSync('Config.json', 'utf8')) as ConfigJson;
  const known = before.UserConfig.Namespaces.flatMap(({ Queues }) => Queues.map(({ Name }) => Name));
  const Namespaces = UserConfig.Namespaces.map((namespace) => ({
    ...namespace,
    Queues: inOrder(namespace.Queues, ({ Name }) => Name, known),
  }));
  return { UserConfig: { ...UserConfig, Namespaces } };
}

/** What a file has keeps its place, what is new comes last. */
function inOrder<Item>(
  wanted: readonly Item[],
  nameOf: (item: Item) => string,
  known: readonly string[],
): Item[] {
  const place = (item: Item): number => {
    const index = known.indexOf(nameOf(item));
    return index < 0 ? known.length : index;
  };
  return [...wanted].sort((one, other) => place(one) - place(other));
}

/** Triggers of other kinds stay, and so do comments where nothing changes. */
function withTriggers(text: string, { name, triggers: wanted }: DeclaredApp): string {
  const document = parseDocument(text);
  const triggers = document.getIn(['spec', 'triggers']);
  if (!isSeq(triggers)) throw new Error(`${name}: scaled-object.yaml has no triggers`);
  const before = (triggers.toJSON() as Trigger[]).filter(({ type }) => type === OURS);
  if (isDeepStrictEqual(before, wanted)) return text;
  const others = triggers.items.filter((trigger) => isMap(trigger) && trigger.get('type') !== OURS);
  triggers.items = [...wanted.map((trigger) => document.createNode(trigger)), ...others];
  return String(document);
}

function toJson(value: object): string {
  return JSON.stringify(value, undefined, 2);
}
