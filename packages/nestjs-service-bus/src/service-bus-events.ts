/** What `server.status` emits: all bindings receive, or at least one does not. */
export type ServiceBusStatus = 'connected' | 'disconnected';

/** What `server.on` offers: a receiver's error, with the pattern of its binding. */
export type ServiceBusEvents = {
  /** A receiver fails, and goes on trying. */
  error: (error: Error, pattern: string) => void;
};
