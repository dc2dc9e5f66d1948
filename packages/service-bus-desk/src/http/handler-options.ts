import { type IncomingMessage, type ServerResponse } from 'node:http';

import { type HandlersPort } from './handlers-port.js';

/** Who asks, and what he may do at the desk. */
export interface DeskCaller {
  /** For the audit. */
  readonly name: string;
  /** Look at everything. */
  readonly maySee: boolean;
  /** Send, resubmit, redrive, purge, cancel, stop. */
  readonly mayChange: boolean;
}

/** A change, as it is begun, done, or refused. */
export interface AuditLine {
  /** What became of it. */
  readonly outcome: 'started' | 'done' | 'failed' | 'refused';
  /** The caller's name. */
  readonly who: string;
  /** What was asked for. */
  readonly action: 'resubmit' | 'redrive' | 'purge' | 'send' | 'cancel-scheduled' | 'stop';
  /** Whose messages these are; empty where a job is stopped that is not there. */
  readonly entity: string;
  /** Where they go, if that is elsewhere. */
  readonly target?: string;
  /** Which of them; nothing of their bodies. */
  readonly selection?: Readonly<Record<string, unknown>>;
  /** The names of what was edited. */
  readonly edited?: readonly string[];
  /** The job's id: what begins, what stops and what ends have the same. */
  readonly job?: string;
  /** Nothing was changed. */
  readonly dryRun?: boolean;
  /** How many messages it was about. */
  readonly planned?: number;
  /** So many are done. */
  readonly done?: number;
  /** So many stayed where they were. */
  readonly failed?: number;
  /** So many were gone, or somebody else had them. */
  readonly missing?: number;
  /** Why it failed, or was refused. */
  readonly reason?: string;
}

/** How the desk is served. */
export interface DeskHandlerOptions {
  /** The path that the page is at: '' or `/desk`. */
  readonly basePath: string;
  /**
   * Says who asks; undefined where that cannot be told. Is asked for the API only: the files of the page are the same
   * for everybody.
   */
  readonly identify: (request: IncomingMessage) => DeskCaller | undefined | Promise<DeskCaller | undefined>;
  /** Is told of each change. Default: nobody is. */
  readonly audit?: (line: AuditLine) => void;
  /** The handlers of this process. Default: none. */
  readonly handlers?: HandlersPort;
  /** With `hidden` no body leaves the process, and none can be searched or edited. Default `shown`. */
  readonly bodies?: 'shown' | 'hidden';
  /** Application properties whose values are not shown, whatever their case. Default: none. */
  readonly redact?: readonly string[];
  /** The folder of the page's files. Default: that of this package, which a bundler does not know. */
  readonly files?: URL;
}

/** Serves the page and its API to whatever has node's requests and responses. */
export interface DeskHandler {
  /** What is not below the base path goes on to `next`, and is not found where there is none. */
  (request: IncomingMessage, response: ServerResponse, next?: () => void): void;
  /** Ends all streams and jobs; what those hold is given back. The desk stays open. */
  close(): Promise<void>;
}
