/** One measurement's part of the report. */
export interface Section {
  /** Its place in RESULTS.md. */
  readonly name: string;
  readonly markdown: string;
  readonly figures: unknown;
}
