import { type MessageHandler } from '@nestjs/microservices';

import { type WireOptions } from '../format/payload-format.js';
import { NoHandlerException } from '../exceptions/no-handler.exception.js';

/** A handler and the messages it takes. */
export interface Route {
  /** `binding`, or `binding/subject`. */
  readonly pattern: string;
  readonly handler: MessageHandler;
  /** Class and method, for people. */
  readonly name: string;
  /** An event handler gives no reply. */
  readonly isEvent: boolean;
  /** What its contract says of its messages, and of its results; undefined where it has none. */
  readonly wire?: WireOptions | undefined;
}

/** Finds the handler for a message of one binding: by subject, else the one that takes any. */
export class RouteTable {
  private readonly bySubject = new Map<string, Route>();
  private any?: Route;

  constructor(private readonly binding: string) {}

  add(route: Route, subject?: string): void {
    if (subject === undefined) this.any = route;
    else this.bySubject.set(subject, route);
  }

  /** What the contracts of its handlers say of their messages. */
  wires(): WireOptions[] {
    const routes = [...this.bySubject.values(), ...(this.any ? [this.any] : [])];
    return routes.map(({ wire }) => wire).filter((wire) => wire !== undefined);
  }

  /** Whether a handler is for messages of this subject alone. */
  readonly has = (subject: string): boolean => this.bySubject.has(subject);

  /** Throws a NoHandlerException when no handler takes messages of this subject. */
  find(subject: string | undefined): Route {
    const route = (subject === undefined ? undefined : this.bySubject.get(subject)) ?? this.any;
    if (route) return route;
    const known = [...this.bySubject.keys()].map((name) => `"${name}"`).join(', ');
    const asked = subject === undefined ? 'without a subject' : `with subject "${subject}"`;
    throw new NoHandlerException(
      `binding "${this.binding}" has handlers for ${known}, none for messages ${asked}`,
    );
  }
}
