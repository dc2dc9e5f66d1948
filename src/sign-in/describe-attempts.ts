import { type SignInAttempt } from './sign-in.error.js';

/** [@azure/identity] Some messages name the tool instead of the credential that asks it. */
const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/^Visual Studio Code\b/i, 'VisualStudioCodeCredential'],
  [/^Azure Developer CLI\b/i, 'AzureDeveloperCliCredential'],
  [/^Azure CLI\b|\baz login\b/i, 'AzureCliCredential'],
  [/\bPowerShell\b/i, 'AzurePowerShellCredential'],
];
const MAX_REASON_LENGTH = 200;

/** Returns what was tried to sign in, from the error that a credential of @azure/identity throws. */
export function describeAttempts(error: unknown, credential: string): SignInAttempt[] {
  const errors = error instanceof Error && 'errors' in error ? error.errors : undefined;
  if (!Array.isArray(errors) || errors.length === 0) return [describeAttempt(error, credential)];
  return errors.map((each) => describeAttempt(each, credential));
}

function describeAttempt(error: unknown, fallback: string): SignInAttempt {
  const message = (error instanceof Error ? error.message : String(error)).replace(/^Error: /, '');
  const [, named, rest = message] = /^(\w+Credential)\b:?\s*(.*)$/s.exec(message) ?? [];
  const [, credential = fallback] = TOOLS.find(([pattern]) => pattern.test(message)) ?? [];
  return { credential: named ?? credential, reason: firstSentence(rest) };
}

/** The rest of a message is advice on several lines, with addresses. */
function firstSentence(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  const advice =
    /\.? (?:To (?:troubleshoot|mitigate|fix)|Please|Ensure|See|More details|Trace ID|Correlation ID)\b/.exec(
      oneLine,
    );
  const reason = (advice ? oneLine.slice(0, advice.index) : oneLine).replace(/[.,:\s]+$/, '');
  return reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH)}…` : reason;
}
