import { addToArray } from '../edit/edit-json.js';
import { addLinesAfter, replace } from '../edit/edit-lines.js';
import { addElement, addImport, addProperty } from '../edit/edit-typescript.js';
import { addToYaml } from '../edit/edit-yaml.js';

/** The files that know every app, and what a new one adds to each. */
export function changesFor(app) {
  return [...changesOfCode(app), ...changesOfQueues(app), ...changesOfDeployment(app)];
}

function changesOfCode({ name, className, inQueue, outQueue, variable }) {
  const file = `./${name}/${name}.module.js`;
  const key = name.includes('-') ? `'${name}'` : name;
  return [
    ['src/config/read-apps.ts', addElement('APPS', `'${name}'`)],
    ['src/app.module.ts', addImport(`import { ${className}Module } from '${file}';`, file)],
    ['src/app.module.ts', addProperty('FEATURES', `${key}: () => ${className}Module`)],
    ['.env.example', replace(/^(#APPS=.*)$/m, `$1,${name}`)],
    [
      '.env.example',
      addLinesAfter(
        /^#\w+_OUT_QUEUE=/,
        `#${variable}_IN_QUEUE=${inQueue}`,
        `#${variable}_OUT_QUEUE=${outQueue}`,
      ),
    ],
    ['README.md', replace(/^(\| `APPS` +\| `[^`]*)`/m, `$1,${name}\``)],
    [
      'README.md',
      addLinesAfter(
        /^\| `\w+_IN_QUEUE`, `\w+_OUT_QUEUE`/,
        `| \`${variable}_IN_QUEUE\`, \`${variable}_OUT_QUEUE\` | \`${inQueue}\`, \`${outQueue}\` | |`,
      ),
    ],
  ];
}

function changesOfQueues({ inQueue, outQueue }) {
  return [
    [
      'Config.json',
      addToArray(
        ['UserConfig', 'Namespaces', 0, 'Queues'],
        { Name: inQueue, Properties: EMULATED },
        { Name: outQueue, Properties: { ...EMULATED, ...DETECTION } },
      ),
    ],
    [
      'deploy/azure/queues.json',
      addToArray(
        [],
        { name: inQueue, properties: PROVISIONED },
        { name: outQueue, properties: { ...PROVISIONED, ...PROVISIONED_DETECTION } },
      ),
    ],
  ];
}

// Within the limits of Microsoft's emulator.
const EMULATED = {
  LockDuration: 'PT1M',
  MaxDeliveryCount: 10,
  DefaultMessageTimeToLive: 'PT1H',
  DeadLetteringOnMessageExpiration: true,
};
const DETECTION = { RequiresDuplicateDetection: true, DuplicateDetectionHistoryTimeWindow: 'PT5M' };
const PROVISIONED = {
  lockDuration: 'PT5M',
  maxDeliveryCount: 50,
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
};
const PROVISIONED_DETECTION = {
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindow: 'PT1H',
};

function changesOfDeployment({ name, camelName, inQueue, outQueue }) {
  const overlay = 'deploy/kubernetes/overlays/azure';
  return [
    [
      'deploy/azure/apps.json',
      addToArray([], {
        name,
        receivesFrom: [inQueue],
        sendsTo: [inQueue, outQueue],
        scalesOn: inQueue,
        messagesPerReplica: 5,
        minReplicas: 1,
        maxReplicas: 20,
        ingress: false,
      }),
    ],
    ['azure.yaml', addToYaml(['services'], { [name]: SERVICE })],
    ['deploy/kubernetes/base/kustomization.yaml', addToYaml(['resources'], name)],
    [`${overlay}/kustomization.yaml`, addToYaml(['replacements'], identityOf(name, camelName))],
    [`${overlay}/settings.yaml`, addToYaml(['data'], { [`${camelName}ClientId`]: NO_IDENTITY })],
  ];
}

const NO_IDENTITY = '00000000-0000-0000-0000-000000000000';
const SERVICE = {
  project: '.',
  language: 'docker',
  host: 'containerapp',
  docker: { path: 'Dockerfile', remoteBuild: true },
};

/** Puts the identity that the settings name into the app's service account. */
function identityOf(name, camelName) {
  return {
    source: { kind: 'ConfigMap', name: 'settings', fieldPath: `data.${camelName}ClientId` },
    targets: [
      {
        select: { kind: 'ServiceAccount', name },
        fieldPaths: ['metadata.annotations.[azure.workload.identity/client-id]'],
      },
    ],
  };
}
