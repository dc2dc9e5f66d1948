import { buildKustomization } from './build-kustomization.js';

/** What every object has. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
}

export type Labels = Readonly<Record<string, string>>;

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly timeoutSeconds: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly resources: { readonly requests: Labels; readonly limits: Labels };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface Deployment extends Manifest {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Labels };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly serviceAccountName: string;
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly Container[];
        readonly volumes?: readonly {
          readonly name: string;
          readonly secret: { readonly secretName: string };
        }[];
        readonly topologySpreadConstraints: readonly {
          readonly labelSelector: { readonly matchLabels: Labels };
        }[];
      };
    };
  };
}

export interface Service extends Manifest {
  readonly spec: { readonly selector: Labels; readonly ports: readonly { readonly targetPort: string }[] };
}

export interface PodDisruptionBudget extends Manifest {
  readonly spec: { readonly maxUnavailable: number; readonly selector: { readonly matchLabels: Labels } };
}

export interface NetworkPolicy extends Manifest {
  readonly spec: {
    readonly podSelector: { readonly matchLabels: Labels };
    readonly policyTypes: readonly string[];
    readonly ingress: readonly {
      readonly from?: readonly unknown[];
      readonly ports: readonly { port: string }[];
    }[];
    readonly egress?: readonly {
      readonly to?: readonly {
        readonly ipBlock?: { readonly cidr: string; readonly except: readonly string[] };
      }[];
      readonly ports: readonly { readonly port: number }[];
    }[];
  };
}

export interface ScaledObject extends Manifest {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly fallback: { readonly replicas: number };
    readonly triggers: readonly {
      readonly type: string;
      readonly metadata: Labels;
      readonly authenticationRef?: { readonly name: string };
    }[];
  };
}

interface Kinds {
  readonly ConfigMap: Manifest;
  readonly Deployment: Deployment;
  readonly Namespace: Manifest;
  readonly NetworkPolicy: NetworkPolicy;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly ScaledObject: ScaledObject;
  readonly Service: Service;
  readonly ServiceAccount: Manifest;
  readonly TriggerAuthentication: Manifest & { readonly spec: { readonly podIdentity: Labels } };
}

/** The objects that a folder's kustomization gives, by kind; their schemas are checked elsewhere. */
export function readManifests(folder: string): <Kind extends keyof Kinds>(kind: Kind) => Kinds[Kind][] {
  const manifests = buildKustomization(folder) as unknown[] as Manifest[];
  return <Kind extends keyof Kinds>(kind: Kind) =>
    manifests.filter((manifest) => manifest.kind === kind) as Kinds[Kind][];
}

/** Whether a selector picks what has these labels. */
export function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

/** The labels of a Deployment's pods. */
export function labelsOf({ spec }: Deployment): Labels {
  return spec.template.metadata.labels;
}

/** The one object there is, or the one of a name; throws if there is another number of them. */
export function only<Item extends { metadata: { name: string } }>(
  items: readonly Item[],
  name?: string,
): Item {
  const found = items.filter(({ metadata }) => name === undefined || metadata.name === name);
  const [item] = found;
  if (!item || found.length > 1) throw new Error(`${found.length} of ${name ?? 'them'}`);
  return item;
}
