import { type ComponentChildren, type JSX } from 'preact';

/** Something that went wrong, read out at once. */
export function ProblemNotice({ problem }: { readonly problem: string | undefined }): JSX.Element | null {
  if (problem === undefined) return null;
  return (
    <p class="notice bad" role="alert">
      {problem}
    </p>
  );
}

export function Notice({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <p class="notice" role="status">
      {children}
    </p>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}
