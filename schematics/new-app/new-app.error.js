/** The app cannot be made; the message is for the one who asked for it. */
export class NewAppError extends Error {
  name = 'NewAppError';
}
