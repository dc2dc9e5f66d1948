import { type Broker } from '../../model/namespace/broker.js';
import { type XmlElement } from '../xml/xml-element.js';
import { type ResourcePath } from './resource-path.js';

/** An authorized request, parsed as far as possible without the model. */
export interface AdministrationRequest {
  readonly broker: Broker;
  readonly method: string;
  readonly path: ResourcePath;
  readonly query: URLSearchParams;
  /** Host and port to which the client connected: URLs in the answer have to use them. */
  readonly host: string;
  /** Whether a PUT updates an existing resource (`If-Match: *`) or creates a new one. */
  readonly isUpdate: boolean;
  readonly body: Uint8Array;
  /** Unix time in milliseconds at which the namespace was created. */
  readonly namespaceCreatedAtMs: number;
}

/** The answer to a request. */
export interface AdministrationAnswer {
  readonly status: number;
  readonly document?: XmlElement;
}
