import type { MadeWebhook } from '../../api/types.ts';
import { CopiedText } from '../../components/copied-text.tsx';
import { SecretDialog } from '../../components/secret-dialog.tsx';

export const Secret = ({ made, close }: { made: MadeWebhook; close: () => void }) => (
  <SecretDialog
    title="The secret, this once"
    toCopy={made.secret}
    lead="Whoever receives the requests checks their signatures by it. It cannot be shown again."
    close={close}
  >
    <CopiedText text={made.secret} what="secret" isFirst />
  </SecretDialog>
);
