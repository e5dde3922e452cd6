import { UnavailableError } from "../../core/errors.ts";
import type { Lease } from "./instances.ts";

/** What a commit needs of the database that it is of. */
export interface Committing {
  /** The database's name, for messages. */
  readonly name: string;
  readonly lease: Pick<Lease, "isInPlace">;
  /** Closes the database, so that the next one who asks opens it again. */
  giveUp(): void;
}

/**
 * Carries a commit out, and resolves when what it wrote is where the next process finds it.
 *
 * Two things are not as DuckDB tells them. A commit that it calls failed because the checkpoint behind it failed has
 * kept its rows: they are in the log, which the next opening reads. And one that it calls done is of no use where
 * somebody has deleted the file or put another in its place: DuckDB goes on writing to the old one, which is gone when it
 * closes. Rejects with an `UnavailableError` then, so that the rows are written again, to the file that is there now.
 */
export async function commit(
  run: () => Promise<unknown>,
  { name, lease, giveUp }: Committing,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!keptItsRows(error)) throw error;
    giveUp();
  }
  if (await lease.isInPlace()) return;
  giveUp();
  throw new UnavailableError(
    `Cannot write to ${name}: its file was deleted or replaced while it was open, so rows written now would be gone with ` +
      "the old file; it is opened again for the next call",
  );
}

/** DuckDB's words for it (duck_transaction_manager.cpp); the type of the error is that of what stopped the checkpoint. */
function keptItsRows(error: unknown): boolean {
  return error instanceof Error && /\bCOMMIT succeeded and is durable\b/.test(error.message);
}
