/** rhea holds this many deliveries per AMQP session, and frees them strictly in order, oldest first. */
export const SESSION_PLACES = 2_048;

/**
 * Mirrors the places that a link's deliveries take in rhea's session buffer. One unsettled delivery keeps the places
 * of all later ones occupied, settled or not; at 2,048 the link falls silent.
 */
export class DeliveryWindow {
  private readonly isSettled = new Uint8Array(SESSION_PLACES);
  private next = 0;
  private oldest = 0;

  /** Places taken, from the oldest unsettled delivery to the newest. */
  get span(): number {
    return this.next - this.oldest;
  }

  /** Takes a place for a new delivery and returns its number. */
  open(): number {
    this.isSettled[this.next % SESSION_PLACES] = 0;
    return this.next++;
  }

  /** Notes that the broker has answered the settlement of this delivery. */
  settle(number: number): void {
    if (number < this.oldest) return;
    this.isSettled[number % SESSION_PLACES] = 1;
    while (this.oldest < this.next && this.isSettled[this.oldest % SESSION_PLACES] === 1) this.oldest++;
  }
}
