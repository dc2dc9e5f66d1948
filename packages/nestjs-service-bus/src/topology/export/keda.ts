import { type Access, type ScalingSource } from './access.js';

/** How an application is scaled in Kubernetes. */
export interface KedaOptions {
  /** The Deployment's name. */
  readonly deployment: string;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** The namespace of Service Bus, without its domain. */
  readonly namespace: string;
  /** The TriggerAuthentication that KEDA reads lengths by. */
  readonly authentication?: string;
}

/** KEDA's ScaledObject for an application: as many replicas as its queues and subscriptions are long. */
export function toScaledObject({ scalesOn }: Access, options: KedaOptions): object {
  const {
    deployment,
    namespace,
    minReplicas = 1,
    maxReplicas = 20,
    authentication = 'service-bus-scaler',
  } = options;
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: deployment, labels: { 'app.kubernetes.io/name': deployment } },
    spec: {
      scaleTargetRef: { name: deployment },
      minReplicaCount: minReplicas,
      maxReplicaCount: maxReplicas,
      pollingInterval: 15,
      // While lengths cannot be read: enough to go on with.
      fallback: { failureThreshold: 4, replicas: 4 },
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: {
            // Up at once; down slowly, because each stop of a replica gives its waiting messages back.
            scaleDown: {
              stabilizationWindowSeconds: 300,
              policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
            },
          },
        },
      },
      triggers: scalesOn.map((source) => ({
        type: 'azure-servicebus',
        metadata: { namespace, ...entityOf(source), messageCount: String(messagesPerReplica(source)) },
        authenticationRef: { name: authentication },
      })),
    },
  };
}

function entityOf({ path: [name = '', subscription] }: ScalingSource): object {
  return subscription === undefined
    ? { queueName: name }
    : { topicName: name, subscriptionName: subscription };
}

/** Those in work count as well: a third of what it can do keeps a replica from waiting for work, and work for it. */
function messagesPerReplica({ atOnce }: ScalingSource): number {
  return Math.max(1, Math.floor(atOnce / 3));
}
