/** The part of the report for one measurement. */
export interface Section {
  /** Its mark in RESULTS.md. */
  readonly name: string;
  readonly markdown: string;
  readonly figures: unknown;
}
