let times = 0;

/**
 * Gives the event loop the async context of the caller back. Deno (2.6 to 2.9) leaves it in that of whoever imported a
 * module dynamically last, as a job does by opening a database, and begins the next test there: in a job that is over. An
 * import of a module that was never there before undoes that.
 */
export async function restoreAsyncContext(): Promise<void> {
  await import(`data:text/javascript,${++times}`);
}
