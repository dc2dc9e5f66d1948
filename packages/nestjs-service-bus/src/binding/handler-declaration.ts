import { type BindingOptions } from './binding.js';

const DECLARATIONS = 'service-bus:declarations';
/** Among the extras of a handler's pattern: what its contract says of its messages. */
export const CONTRACT_WIRE = 'service-bus:wire';

/** A token of Nest's injection; a class gives its instance's type. */
export type ProviderToken<Instance = unknown> =
  string | symbol | (abstract new (...dependencies: never[]) => Instance);

/** Finds a provider of the application, the nearest one to the handler's module first. */
export type ProviderLookup = <Instance = unknown>(token: ProviderToken<Instance>) => Instance;

/**
 * A name that a handler reads or replies to: itself, a function that takes it from the application's providers
 * (`(get) => get(ConfigService).getOrThrow('ORDERS_QUEUE')`), or the token of a provider that is the name.
 */
export type NameSource = string | ((get: ProviderLookup) => string) | { readonly token: ProviderToken };

/** The options of a binding that may come from providers. */
export const NAMES = [
  'queue',
  'topic',
  'subscription',
  'replyTo',
  'connectionString',
  'replyToConnectionString',
] as const;
type Name = (typeof NAMES)[number];

/** A binding's options as a handler declares them. */
export type DeclaredBindingOptions = Omit<BindingOptions, Name> & {
  readonly [Option in Name]?: NameSource;
};

/** What one decorator says of the binding of its handler. */
export interface HandlerDeclaration {
  /** The decorator's name, for messages. */
  readonly by: string;
  readonly options: DeclaredBindingOptions;
}

/** Adds what a decorator says to a handler's method. */
export function declareAtHandler(method: object, declaration: HandlerDeclaration): void {
  Reflect.defineMetadata(DECLARATIONS, [...declarationsOf(method), declaration], method);
}

/** What decorators say of the binding of a handler's method. */
export function declarationsOf(method: object): readonly HandlerDeclaration[] {
  return (Reflect.getOwnMetadata(DECLARATIONS, method) as HandlerDeclaration[] | undefined) ?? [];
}
