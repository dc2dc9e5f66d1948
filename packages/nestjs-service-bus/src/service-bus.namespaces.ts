import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { unknownConnection } from './binding/connection-name.js';
import { findRoots } from './find-roots.js';
import { type ServiceBusNamespace } from './service-bus.namespace.js';

/** The namespaces of an application: one for each `forRoot`. */
@Injectable()
export class ServiceBusNamespaces implements Iterable<ServiceBusNamespace> {
  private readonly opened: ServiceBusNamespace[] = [];

  constructor(private readonly modules: ModulesContainer) {}

  add(namespace: ServiceBusNamespace): ServiceBusNamespace {
    this.opened.push(namespace);
    return namespace;
  }

  [Symbol.iterator](): IterableIterator<ServiceBusNamespace> {
    return this.opened.values();
  }

  /** Of a connection's name; undefined for the one without. Undefined where there is none. */
  find(connection: string | undefined): ServiceBusNamespace | undefined {
    return this.opened.find(({ name }) => name === connection);
  }

  /** The same, for a connection that was looked for before. */
  get(connection: string | undefined): ServiceBusNamespace {
    const namespace = this.find(connection);
    if (!namespace) throw new Error(this.unknown('somebody', connection));
    return namespace;
  }

  /** The names of all, opened or not; undefined for the one without. */
  get names(): (string | undefined)[] {
    return findRoots(this.modules).map(({ name }) => name);
  }

  /** One line for what names a connection that nobody opens; nothing if it is there. */
  problemsOf(by: string, connection: string | undefined): string[] {
    return this.names.includes(connection) ? [] : [this.unknown(by, connection)];
  }

  private unknown(by: string, connection: string | undefined): string {
    return unknownConnection(by, connection, this.names);
  }
}
