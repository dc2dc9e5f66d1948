/** A question from the parent process. */
export interface Question {
  readonly id: number;
  readonly question: string;
  readonly data: unknown;
}

export type Answer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

/** Answers the questions of the parent process, and exits with it. */
export function answer(answers: Readonly<Record<string, (data: unknown) => unknown>>): void {
  process.on('message', ({ id, question, data }: Question) => {
    void reply(id, () => answers[question]?.(data));
  });
  process.on('disconnect', () => process.exit(1));
}

async function reply(id: number, work: () => unknown): Promise<void> {
  let message: Answer;
  try {
    message = { id, value: await work() };
  } catch (error) {
    message = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.send?.(message);
}
