export {
  type ChangeOptions,
  type RunFailure,
  type RunOptions,
  type RunProgress,
  type RunResult,
} from './change/change-options.js';
export { type MessageEdit } from './change/edit.js';
export { type ExportedMessage } from './change/exported-line.js';
export { type ImportOptions, type ReadLines } from './change/import-messages.js';
export { type HandDeadLetter, type HeldDeadLetter, type RedriveOutcome } from './change/redrive.js';
export { type ResubmitOptions } from './change/resubmit.js';
export { type NamespaceOptions } from './connection/namespace-options.js';
export { type DeadLetterFilter } from './dead-letters/dead-letter-filter.js';
export { type DeadLetterGroup } from './dead-letters/dead-letter-group.js';
export { type DeadLetterCount, type EntityDepth } from './dead-letters/entities.js';
export { type PeekOptions } from './dead-letters/peek-messages.js';
export { Desk, type ListOptions } from './desk.js';
export { DeskError, type DeskErrorCode } from './desk-error.js';
export { createDeskHandler } from './http/desk-handler.js';
export {
  type AuditLine,
  type DeskCaller,
  type DeskHandler,
  type DeskHandlerOptions,
} from './http/handler-options.js';
export { type BindingStatus, type HandlersPort } from './http/handlers-port.js';
export {
  type Body,
  type BodyKind,
  type BodyView,
  type HexView,
  type JsonView,
  type NoView,
  type TextView,
  viewBody,
} from './message/body.js';
export { type ApplicationProperty, DeskMessage, type MessageState } from './message/desk-message.js';
export { errorSignature } from './message/error-signature.js';
export { type SubscriptionRule } from './operate/rules.js';
export { type NewMessage } from './operate/send-message.js';
