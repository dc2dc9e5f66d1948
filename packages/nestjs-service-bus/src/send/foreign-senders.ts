import { SenderPool } from './sender-pool.js';

/** The senders to places that only messages name: however many those are, they push none of the others out. */
export class ForeignSenders extends SenderPool {}
