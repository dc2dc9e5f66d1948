import { type CommandOf, type ModelCommand } from './model-command.js';
import { type ModelRun } from './model-run.js';
import { renew, settle, settleEnded } from './run-lock-command.js';
import { cancel, deleteSome, look, receive } from './run-management-command.js';
import { accept, attach, detach, flow, useSession } from './run-receiver-command.js';
import { send } from './run-send-command.js';
import { updateEntity } from './update-entity.js';

const RUNNERS: { [T in ModelCommand['type']]: (run: ModelRun, command: CommandOf<T>) => void } = {
  send,
  cancel,
  attach,
  accept,
  detach,
  flow,
  settle,
  'settle-ended': settleEnded,
  renew,
  'renew-session': useSession,
  'set-state': useSession,
  'receive-deferred': receive,
  'delete-messages': deleteSome,
  peek: look,
  update: updateEntity,
  advance: (run, { byMs, isLate }) => run.advance(run.nowMs + byMs, isLate),
};

/** Does a command in the model and in the oracle, and checks that both agree on what came of it. */
export function runCommand(run: ModelRun, command: ModelCommand): void {
  RUNNERS[command.type](run, command as never);
}
