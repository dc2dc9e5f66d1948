// Where @nestjs/swagger leaves what it knows: its compiler plugin a static method, its decorators metadata.
const PLUGIN_METHOD = '_OPENAPI_METADATA_FACTORY';
const DECORATED_NAMES = 'swagger/apiModelPropertiesArray';
const DECORATED = 'swagger/apiModelProperties';

/** What comments and the decorators of @nestjs/swagger say of a property. */
export interface Comment {
  readonly description?: string;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly deprecated?: boolean;
  readonly required?: boolean;
  /** A class, a function that gives one, or a type's name. */
  readonly type?: unknown;
  readonly isArray?: boolean;
}

/** The properties of a class that @nestjs/swagger knows, those of its ancestors first. */
export function readComments(type: object): ReadonlyMap<string, Comment> {
  const found = new Map<string, Comment>();
  for (const owner of ancestorsOf(type)) {
    for (const [name, comment] of Object.entries(fromPlugin(owner)))
      found.set(name, { ...found.get(name), ...comment });
  }
  const prototype = (type as { prototype?: object }).prototype;
  if (!prototype) return found;
  const names = (Reflect.getMetadata(DECORATED_NAMES, prototype) as string[] | undefined) ?? [];
  for (const name of names.map((one) => one.replace(/^:/, ''))) {
    const comment = Reflect.getMetadata(DECORATED, prototype, name) as Comment | undefined;
    found.set(name, { ...found.get(name), ...withoutUndefined(comment) });
  }
  return found;
}

/** The property's class as @nestjs/swagger has it, and whether the value is an array of them. */
export function typeOfComment({ type, isArray = false }: Comment): { type: unknown; isList: boolean } {
  // A function that gives the class has no prototype.
  const given: unknown =
    typeof type === 'function' && type.prototype === undefined ? (type as () => unknown)() : type;
  return Array.isArray(given) ? { type: given[0], isList: true } : { type: given, isList: isArray };
}

function fromPlugin(owner: object): Record<string, Comment> {
  if (!Object.hasOwn(owner, PLUGIN_METHOD)) return {};
  const read = (owner as Record<string, unknown>)[PLUGIN_METHOD];
  return typeof read === 'function' ? ((read as () => unknown)() as Record<string, Comment>) : {};
}

function withoutUndefined(comment: Comment = {}): Comment {
  return Object.fromEntries(Object.entries(comment).filter(([, value]) => value !== undefined));
}

function ancestorsOf(type: object): object[] {
  const ancestors: object[] = [];
  for (let one: unknown = type; typeof one === 'function'; one = Object.getPrototypeOf(one))
    ancestors.unshift(one);
  return ancestors;
}
