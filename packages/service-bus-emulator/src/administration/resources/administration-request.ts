import { type Broker } from '../../model/namespace/broker.js';
import { type XmlElement } from '../xml/xml-element.js';
import { type ResourcePath } from './resource-path.js';

/** A request that has been let in, read as far as it can be without the model. */
export interface AdministrationRequest {
  readonly broker: Broker;
  readonly method: string;
  readonly path: ResourcePath;
  readonly query: URLSearchParams;
  /** Host and port as the client dialled them: what is written back has to lead there. */
  readonly host: string;
  /** Whether a PUT changes what is there (`If-Match: *`), or makes something new. */
  readonly isUpdate: boolean;
  readonly body: Uint8Array;
  /** Unix time in milliseconds at which the namespace came into being. */
  readonly namespaceCreatedAtMs: number;
}

/** What a request is answered with. */
export interface AdministrationAnswer {
  readonly status: number;
  readonly document?: XmlElement;
}
