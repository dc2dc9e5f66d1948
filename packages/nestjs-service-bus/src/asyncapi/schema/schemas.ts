import {
  isBytes,
  isList,
  itemOf,
  type PayloadClass,
  type PayloadType,
  simpleTypeOf,
} from '../../contract/payload-type.js';
import { type MetadataStorages, type TypeMetadata } from '../../validation/metadata-storages.js';
import { type JsonSchema } from './json-schema.js';
import { mergeSchemas, orNull } from './merge-schemas.js';
import { type Comment, readComments, typeOfComment } from './read-comments.js';
import { needsValue, schemaOfRule } from './rules.js';

type RuleMetadata = ReturnType<MetadataStorages['validator']['getTargetValidationMetadatas']>[number];

/** A property's schema, and whether an object must have it. */
interface Property {
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** Makes JSON Schemas of classes, from what class-validator, class-transformer and @nestjs/swagger know of them. */
export class Schemas {
  /** Those of classes, by the name that references have. */
  readonly components: Record<string, JsonSchema> = {};
  private readonly names = new Map<unknown, string>();

  /** Without storages, only what @nestjs/swagger and the compiler know. */
  constructor(private readonly storages: MetadataStorages | undefined) {}

  of(type: PayloadType): JsonSchema {
    const item = this.ofClass(itemOf(type));
    return isList(type) ? { type: 'array', items: item } : item;
  }

  private ofClass(type: unknown): JsonSchema {
    if (isBytes(type)) return { type: 'string', format: 'binary' };
    if (type === Date) return { type: 'string', format: 'date-time' };
    if (type === Object || typeof type !== 'function') return {};
    if (type === Array) return { type: 'array' };
    const simple = simpleTypeOf(type as PayloadClass);
    return simple === undefined ? this.reference(type as PayloadClass) : { type: simple };
  }

  private reference(type: PayloadClass): JsonSchema {
    let name = this.names.get(type);
    if (name === undefined) {
      name = this.freeName(type.name);
      this.names.set(type, name);
      // A class may hold itself.
      this.components[name] = {};
      this.components[name] = this.describe(type);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  private freeName(name: string): string {
    const taken = new Set(this.names.values());
    const base = name === '' ? 'Anonymous' : name.replaceAll(/[^\w.-]/g, '-');
    let free = base;
    for (let count = 2; taken.has(free); count++) free = `${base}${count}`;
    return free;
  }

  private describe(type: PayloadClass): JsonSchema {
    const comments = readComments(type);
    const rules = this.rulesOf(type);
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const name of new Set([...rules.keys(), ...comments.keys()])) {
      const { schema, isRequired } = this.property(
        type,
        name,
        rules.get(name) ?? [],
        comments.get(name) ?? {},
      );
      properties[name] = schema;
      if (isRequired) required.push(name);
    }
    return { type: 'object', properties, ...(required.length > 0 && { required }) };
  }

  private rulesOf(type: PayloadClass): Map<string, RuleMetadata[]> {
    const byProperty = new Map<string, RuleMetadata[]>();
    const rules = this.storages?.validator.getTargetValidationMetadatas(type, '', false, false) ?? [];
    for (const rule of rules) {
      byProperty.set(rule.propertyName, [...(byProperty.get(rule.propertyName) ?? []), rule]);
    }
    return byProperty;
  }

  private property(type: PayloadClass, name: string, rules: RuleMetadata[], comment: Comment): Property {
    const checks = rules.filter((rule) => rule.type === 'customValidation' || rule.type === 'isDefined');
    const conditions = rules.filter((rule) => rule.type === 'conditionalValidation');
    const isOptional = conditions.some((rule) => rule.name === 'isOptional');
    const isConditional = conditions.some((rule) => rule.name !== 'isOptional');
    // Of nested values, only the class is known: whether there are several, this option tells.
    const isEach = rules.some(({ each }) => each);
    const isChecked = checks.some((rule) => needsValue(this.nameOf(rule)));
    const schema = this.ruled(type, name, checks, comment, isEach);
    const said = commented(isOptional ? orNull(schema) : schema, comment);
    if (isConditional) return { schema: onlySometimes(said), isRequired: false };
    const isRequired = rules.length === 0 ? comment.required === true : isChecked && !isOptional;
    return { schema: said, isRequired };
  }

  private ruled(
    type: PayloadClass,
    name: string,
    checks: RuleMetadata[],
    comment: Comment,
    isEach: boolean,
  ): JsonSchema {
    const ofCheck = (rule: RuleMetadata): JsonSchema =>
      schemaOfRule(this.nameOf(rule), rule.constraints ?? []);
    const own = checks
      .filter(({ each }) => !each)
      .reduce<JsonSchema>((all, rule) => mergeSchemas(all, ofCheck(rule)), {});
    const each = checks
      .filter((rule) => rule.each)
      .reduce<JsonSchema>((all, rule) => mergeSchemas(all, ofCheck(rule)), {});
    const typed = this.typed(type, name, comment);
    const isArray = typed.isList || own.type === 'array' || isEach;
    if (!isArray)
      return mergeSchemas(own, own.type === undefined && own.enum === undefined ? typed.schema : {});
    const items = Object.keys(each).length === 0 ? typed.schema : mergeSchemas(typed.schema, each);
    return { ...mergeSchemas({ type: 'array' }, own), ...(Object.keys(items).length > 0 && { items }) };
  }

  /** What is known of a property's value, or of its items, besides its rules. */
  private typed(type: PayloadClass, name: string, comment: Comment): { schema: JsonSchema; isList: boolean } {
    const declared = this.storages?.transformer.findTypeMetadata(type, name);
    const designed: unknown = Reflect.getMetadata('design:type', type.prototype as object, name);
    if (declared?.typeFunction) {
      const isArray = declared.reflectedType === Array || designed === Array;
      return { schema: this.declaredType(declared), isList: isArray };
    }
    const said = typeOfComment(comment);
    if (typeof said.type === 'function') return { schema: this.ofClass(said.type), isList: said.isList };
    if (designed === Array) return { schema: {}, isList: true };
    return { schema: this.ofClass(designed), isList: false };
  }

  private declaredType({ typeFunction, options }: TypeMetadata): JsonSchema {
    const { subTypes } = (options?.discriminator ?? {}) as { subTypes?: readonly { value: unknown }[] };
    if (subTypes) return { oneOf: subTypes.map(({ value }) => this.ofClass(value)) };
    // Whoever asks for the value decides by it: which classes there are is not known.
    return typeFunction && typeFunction.length === 0 ? this.ofClass(typeFunction()) : {};
  }

  /** Rules of `@Validate` have no name of their own, only their class. */
  private nameOf({ name, constraintCls }: RuleMetadata): string {
    if (typeof name === 'string' && name !== '') return name;
    return (constraintCls as { name?: string } | undefined)?.name ?? 'custom';
  }
}

function commented(schema: JsonSchema, comment: Comment): JsonSchema {
  const { description, example, default: preset, deprecated } = comment;
  const rules = schema['x-rules'] ?? schema.items?.['x-rules'] ?? [];
  const words = [description, rules.length > 0 ? `Also checked: ${rules.join(', ')}.` : undefined]
    .filter((one) => one !== undefined && one !== '')
    .join(' ');
  return {
    ...schema,
    ...(words !== '' && { description: words }),
    ...(example !== undefined && { examples: [example] }),
    ...(preset !== undefined && { default: preset }),
    ...(deprecated === true && { deprecated }),
  };
}

/** `@ValidateIf`: other values are valid as well, in cases that only the application knows. */
function onlySometimes({ description = '', ...schema }: JsonSchema): JsonSchema {
  const rules = JSON.stringify(schema);
  return { description: `${description} In some cases only: ${rules}`.trim() };
}
