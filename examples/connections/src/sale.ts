/** What the reports know of an order. */
export interface Sale {
  readonly order: number;
  readonly euros: number;
}
