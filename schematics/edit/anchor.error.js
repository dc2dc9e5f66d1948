import { NewAppError } from '../new-app/new-app.error.js';

/** A file does not have the place that something is to be added at. */
export class AnchorError extends NewAppError {
  name = 'AnchorError';

  constructor(anchor) {
    super(`has no ${anchor}`);
    this.anchor = anchor;
  }
}
