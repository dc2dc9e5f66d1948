import { type JSX } from 'preact';

import { asksForKey, keepKey } from '../api.js';
import { Dialog } from '../parts/dialog.js';
import { Field, formValues } from '../parts/field.js';
import { useStore } from '../store.js';

/** Asks who we are, when the server does. */
export function SignIn(): JSX.Element | null {
  if (!useStore(asksForKey)) return null;
  return (
    <Dialog title="Who are you?" onClose={() => asksForKey.set(false)}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          const { key } = formValues(event.currentTarget);
          if (key !== undefined) keepKey(key.trim());
        }}
      >
        <Field
          label="API key or token"
          name="key"
          type="password"
          required
          hint="It is kept for as long as this tab is open, and sent to this server only."
        />
        <footer class="actions">
          <button type="submit" class="main">
            Sign in
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
