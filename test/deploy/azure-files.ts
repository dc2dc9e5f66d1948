import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A queue as the deployment makes it: name and properties as Azure Resource Manager has them. */
export interface Queue {
  readonly name: string;
  readonly properties: {
    readonly lockDuration: string;
    readonly maxDeliveryCount: number;
    readonly defaultMessageTimeToLive: string;
    readonly deadLetteringOnMessageExpiration: boolean;
    readonly requiresDuplicateDetection?: boolean;
    readonly duplicateDetectionHistoryTimeWindow?: string;
    readonly requiresSession?: boolean;
  };
}

/** What an app may do, and how it scales. */
export interface AppSettings {
  readonly name: string;
  readonly receivesFrom: readonly string[];
  readonly sendsTo: readonly string[];
  readonly scalesOn: string;
  /** As many as there may be in the queue before there is another replica. */
  readonly messagesPerReplica: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly ingress: boolean;
}

/** Where the Bicep files are. */
export const AZURE = path.join('deploy', 'azure');

/** All queues. */
export const queues = readJson<readonly Queue[]>('queues.json');

/** All apps. */
export const apps = readJson<readonly AppSettings[]>('apps.json');

/** A file of deploy/azure. */
export function readText(name: string): string {
  return readFileSync(path.join(AZURE, name), 'utf8');
}

/** A JSON file of deploy/azure. */
export function readJson<Content>(name: string): Content {
  return JSON.parse(readText(name)) as Content;
}
