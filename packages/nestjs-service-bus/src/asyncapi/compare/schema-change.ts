/**
 * What a change of a schema does to the values that it allows: fewer of them, more, or others. Whether that breaks
 * anything depends on who has the schema.
 */
export interface SchemaChange {
  /** Where: `payload.lines[].sku`. */
  readonly path: string;
  /** In words: `is required now`. */
  readonly change: string;
  readonly effect: 'narrower' | 'wider' | 'other';
}
